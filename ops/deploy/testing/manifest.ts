/** Kubernetes manifests as tests look at them: against the schema, and by what pods must be. */
import { Errors } from "typebox/schema";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly secret?: MountedSecret }[];
}

interface MountedSecret {
  readonly secretName: string;
  /** Of its keys these only. */
  readonly items?: readonly { readonly key: string }[];
}

interface Container {
  readonly securityContext?: {
    readonly readOnlyRootFilesystem?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
  };
  readonly lifecycle?: unknown;
  readonly resources?: unknown;
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
}

interface Pod {
  /** Of the workload that makes such pods. */
  readonly name: string;
  readonly spec: PodSpec;
  readonly container: Container;
  /** Those that it mounts. */
  readonly secrets: readonly MountedSecret[];
}

interface KubernetesSchema {
  readonly definitions: Readonly<Record<string, object>>;
}

/** What the schema of its kind says against a manifest; a kind that it does not know, too. */
export function schemaFaults(schema: KubernetesSchema, manifest: Manifest): readonly unknown[] {
  const { apiVersion, kind } = manifest;
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const named = Object.entries(schema.definitions).find(([, definition]) => {
    const kinds = "x-kubernetes-group-version-kind";
    const list = (definition as Record<string, unknown>)[kinds] as
      Record<string, string>[] | undefined;
    return list?.some(
      (one) => one["kind"] === kind && one["group"] === group && one["version"] === version,
    );
  });
  if (named === undefined) return [`${apiVersion} ${kind} is unknown`];
  const [, faults] = Errors({ ...schema, $ref: `#/definitions/${named[0]}` }, manifest);
  return faults;
}

export function podsOf(manifests: readonly Manifest[]): readonly Pod[] {
  return manifests.flatMap(({ metadata, spec }) => {
    const pod = spec?.template?.spec;
    const [container] = pod?.containers ?? [];
    if (pod === undefined || container === undefined) return [];
    const secrets = (pod.volumes ?? []).flatMap(({ secret }) => secret ?? []);
    return [{ name: metadata.name, spec: pod, container, secrets }];
  });
}

/** Which pod breaks which rule. */
export function faultsOfPods(manifests: readonly Manifest[]): readonly string[] {
  return podsOf(manifests).flatMap(({ name, spec, container }) => {
    const { securityContext } = container;
    const rules = {
      runAsNonRoot: spec.securityContext?.runAsNonRoot === true,
      automountServiceAccountToken: spec.automountServiceAccountToken === false,
      topologySpreadConstraints: (spec.topologySpreadConstraints ?? []).length === 2,
      readOnlyRootFilesystem: securityContext?.readOnlyRootFilesystem === true,
      allowPrivilegeEscalation: securityContext?.allowPrivilegeEscalation === false,
      resources: container.resources !== undefined,
      startupProbe: container.startupProbe !== undefined,
      readinessProbe: container.readinessProbe !== undefined,
      livenessProbe: container.livenessProbe !== undefined,
    };
    return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [`${name}: ${rule}`]));
  });
}
