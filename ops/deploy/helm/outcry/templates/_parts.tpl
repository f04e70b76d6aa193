{{- define "outcry.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "outcry.labels" -}}
app.kubernetes.io/name: outcry
app.kubernetes.io/instance: {{ .root.Values.name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "outcry.metadata" -}}
name: {{ .root.Values.name }}-{{ .component }}
labels:
  {{- include "outcry.labels" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* What all pods have: no root, no tokens, and one of a kind on each machine where that can be. */}}
{{- define "outcry.pod" -}}
serviceAccountName: {{ .root.Values.name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .root.Values.user }}
  runAsGroup: {{ .root.Values.user }}
  fsGroup: {{ .root.Values.user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ .root.Values.topologyKey }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "outcry.labels" . | nindent 8 }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: {{ .spread }}
    labelSelector:
      matchLabels:
        {{- include "outcry.labels" . | nindent 8 }}
{{- end }}

{{- define "outcry.container" -}}
image: {{ include "outcry.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Started once, ready while it does its work, and alive unless only a restart can help. */}}
{{- define "outcry.probes" -}}
ports:
  - { name: metrics, containerPort: 9560 }
startupProbe:
  httpGet: { path: /healthz/started, port: metrics }
  periodSeconds: 2
  failureThreshold: 300
readinessProbe:
  httpGet: { path: /healthz/ready, port: metrics }
  periodSeconds: 5
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /healthz/live, port: metrics }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}

{{/* Settings of all processes, for the file that each of them reads. */}}
{{- define "outcry.settings" -}}
servers:
  {{- range $index := until (int .Values.nats.replicas) }}
  - nats://{{ $.Values.name }}-nats-{{ $index }}.{{ $.Values.name }}-nats:4222
  {{- end }}
ca: /etc/outcry/ca/ca.crt
nodes:
  {{- range $index := until (int .Values.engine.replicas) }}
  - {{ $.Values.name }}-engine-{{ $index }}
  {{- end }}
shards: {{ .Values.shards }}
archive: {{ .Values.archive.place }}
{{- end }}

{{- define "outcry.environment" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- { name: OUTCRY_CONFIG, value: /etc/outcry/settings/outcry.yaml }
{{- end }}

{{- define "outcry.archiveKeys" -}}
{{- with .Values.archive.s3Secret }}
envFrom:
  - secretRef: { name: {{ . }} }
{{- end }}
{{- end }}

{{- define "outcry.archiveVolume" -}}
- name: archive
  {{- if .Values.archive.existingClaim }}
  persistentVolumeClaim: { claimName: {{ .Values.archive.existingClaim }} }
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}

{{- define "outcry.volumes" -}}
- name: settings
  configMap: { name: {{ .Values.name }} }
- name: ca
  secret: { secretName: {{ .Values.name }}-ca, defaultMode: 288 }
- name: tmp
  emptyDir: {}
{{- end }}

{{- define "outcry.mounts" -}}
- { name: settings, mountPath: /etc/outcry/settings, readOnly: true }
- { name: ca, mountPath: /etc/outcry/ca, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "outcry.claim" -}}
- metadata: { name: data }
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources: { requests: { storage: {{ .storage }} } }
{{- end }}
