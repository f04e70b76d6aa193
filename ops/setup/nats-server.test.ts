/**
 * Method: the programs that the set-up calls (nats-server, go, apt-get, dpkg-deb) are small scripts
 * in a folder of their own, which is the whole PATH; what is looked at is what a user would find.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  findNatsServer,
  isAtLeast,
  obtainNatsServer,
  parseVersion,
  pinnedVersion,
  supportsSyncAlways,
  versionWarning,
} from "./nats-server.mjs";

let room = "";
let env: NodeJS.ProcessEnv = {};
let reports: string[] = [];

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "outcry-set-up-"));
  reports = [];
  // The scripts' own tools come from the system; nothing else does.
  for (const tool of ["sh", "cat", "cp", "mkdir", "chmod", "sleep"]) {
    place(`bin/${tool}`, `exec /bin/${tool} "$@"`);
  }
  env = { PATH: join(room, "bin"), HOME: room, XDG_CACHE_HOME: join(room, "cache") };
});

afterEach(() => rmSync(room, { recursive: true, force: true }));

function place(path: string, script: string): string {
  const file = join(room, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function placeServer(path: string, version: string): string {
  return place(path, `echo "nats-server: v${version}"`);
}

const builtPath = `cache/outcry/nats-server-${pinnedVersion}/nats-server`;
const debianPath = "cache/outcry/nats-server-debian/nats-server";

/** A Go that "builds" by copying, and counts how often it did. */
function placeGo(): void {
  placeServer("source/nats-server", pinnedVersion);
  place(
    "bin/go",
    `echo built >> "${room}/builds"
     sleep 0.2
     while [ "$1" != "-o" ]; do shift; done
     cp "${room}/source/nats-server" "$2"`,
  );
}

function placeDebian({ listsAreFresh }: { listsAreFresh: boolean }): void {
  placeServer("source/debian", "2.9.10");
  place(
    "bin/apt-get",
    `case "$*" in
       *update*) echo fresh > "${room}/lists" ;;
       *download*)
         if [ ! -e "${room}/lists" ] && ${!listsAreFresh}; then
           echo "E: Unable to locate package nats-server" >&2; exit 100
         fi
         echo archive > nats-server_2.9.10_amd64.deb ;;
     esac`,
  );
  place(
    "bin/dpkg-deb",
    `mkdir -p "$3/usr/sbin" && cp "${room}/source/debian" "$3/usr/sbin/nats-server"`,
  );
}

async function obtain() {
  return await obtainNatsServer((line) => reports.push(line), env);
}

describe("finding a nats-server", () => {
  it("prefers the named one, then PATH, then the one built earlier, then Debian's", () => {
    placeServer(debianPath, "2.9.10");
    expect(findNatsServer(env)).toMatchObject({ source: "debian", version: "2.9.10" });
    placeServer(builtPath, "2.15.1");
    expect(findNatsServer(env)).toMatchObject({ source: "built", version: "2.15.1" });
    placeServer("bin/nats-server", "2.12.3");
    expect(findNatsServer(env)).toMatchObject({ source: "path", version: "2.12.3" });
    const path = placeServer("elsewhere/my-nats", "2.14.0");
    env["NATS_SERVER"] = path;
    expect(findNatsServer(env)).toEqual({ source: "environment", version: "2.14.0", path });
  });

  it("finds none on a bare machine", () => {
    expect(findNatsServer(env)).toBeUndefined();
  });

  it("passes over a file that does not run here", () => {
    place("bin/nats-server", "exit 126");
    placeServer(builtPath, "2.15.1");
    expect(findNatsServer(env)).toMatchObject({ source: "built" });
  });

  it("refuses a name that leads to no nats-server", () => {
    env["NATS_SERVER"] = join(room, "absent");
    expect(() => findNatsServer(env)).toThrow(/NATS_SERVER=.*absent is not a nats-server/);
    env["NATS_SERVER"] = place("bin/other", "echo hello");
    expect(() => findNatsServer(env)).toThrow(/is not a nats-server/);
  });
});

describe("getting a nats-server", () => {
  it("says nothing when there is one", async () => {
    placeServer("bin/nats-server", "2.15.1");
    expect(await obtain()).toMatchObject({ source: "path" });
    expect(reports).toEqual([]);
  });

  it("builds the pinned one with Go into the cache, once", async () => {
    placeGo();
    const server = await obtain();
    expect(server).toEqual({
      source: "built",
      version: pinnedVersion,
      path: join(room, builtPath),
    });
    expect(await obtain()).toEqual(server);
    expect(readFileSync(join(room, "builds"), "utf8")).toBe("built\n");
    expect(reports.join("\n")).toMatch(/building .* with Go[^]*built \(\d+\.\d s\)/);
  });

  it("builds once when two set-ups ask at the same time", async () => {
    placeGo();
    const [one, other] = await Promise.all([obtain(), obtain()]);
    expect(one).toEqual(other);
    expect(readFileSync(join(room, "builds"), "utf8")).toBe("built\n");
    expect(reports).toContain("another set-up is getting nats-server, waiting for it");
  });

  it("takes Debian's where there is no Go", async () => {
    placeDebian({ listsAreFresh: true });
    expect(await obtain()).toEqual({
      source: "debian",
      version: "2.9.10",
      path: join(room, debianPath),
    });
  });

  it("reads fresh package lists where the machine's do not lead to it", async () => {
    placeDebian({ listsAreFresh: false });
    expect(await obtain()).toMatchObject({ source: "debian" });
  });

  it("takes Debian's where the build fails, and says why it failed", async () => {
    place("bin/go", "echo 'dial tcp: no route to host' >&2; exit 1");
    placeDebian({ listsAreFresh: true });
    expect(await obtain()).toMatchObject({ source: "debian" });
    expect(reports.join("\n")).toContain("dial tcp: no route to host");
  });

  it("builds a new one once there is a Go, in spite of Debian's old copy", async () => {
    placeServer(debianPath, "2.9.10");
    expect(await obtain()).toMatchObject({ source: "debian" });
    placeGo();
    expect(await obtain()).toMatchObject({ source: "built" });
  });

  it("keeps no copy that does not run", async () => {
    placeGo();
    place("source/nats-server", "exit 1");
    await expect(obtain()).rejects.toThrow(/does not run on this machine/);
    expect(findNatsServer(env)).toBeUndefined();
  });

  it("lists the ways to get one where there is none", async () => {
    await expect(obtain()).rejects.toThrow(
      /no go on the PATH[^]*no apt-get[^]*brew install[^]*Docker[^]*releases[^]*NATS_SERVER=/,
    );
  });
});

describe("a nats-server's version", () => {
  it("is read from what the server prints", () => {
    expect(parseVersion("nats-server: v2.15.1")).toBe("2.15.1");
    expect(parseVersion("nats-server: v2.12.0-RC.3")).toBe("2.12.0-RC.3");
    expect(parseVersion("hello")).toBeUndefined();
  });

  it("is compared by number", () => {
    expect(isAtLeast("2.10.0", "2.9.10")).toBe(true);
    expect(isAtLeast("2.9.10", "2.10.0")).toBe(false);
    expect(isAtLeast("3.0.0", "2.15.1")).toBe(true);
  });

  it("decides whether acknowledged means stored", () => {
    expect(supportsSyncAlways("2.9.10")).toBe(false);
    expect(supportsSyncAlways("2.10.0")).toBe(true);
  });

  it("below 2.12 comes with a warning that a power cut can lose orders", () => {
    expect(versionWarning("2.9.10")).toMatch(/power cut.*no sync_interval/);
    expect(versionWarning("2.11.4")).toMatch(/power cut.*fsync/);
    expect(versionWarning("2.12.0")).toBeUndefined();
  });

  it("is pinned alike for the set-up and for Go", () => {
    const goModule = readFileSync(new URL("../nats/go.mod", import.meta.url), "utf8");
    expect(goModule).toContain(`github.com/nats-io/nats-server/v2 v${pinnedVersion} `);
  });
});
