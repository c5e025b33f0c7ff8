"""What Deploy/ ships, checked by the tools that would read it: Kubernetes' schemas, hadolint,
systemd-analyze, and Prometheus' own parser for what a run writes about itself."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from patience import PATIENCE
from report import Skipped, require

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "Deploy"
# The oldest version with everything that the manifests use, and a late one.
KUBERNETES = ("1.30", "1.37")


def deploy_checks(report, cubepress: str | None, site: Path, recipe: Path) -> None:
    report.check("deploy: manifests fit Kubernetes' schemas", kubernetes_schemas)
    report.check("deploy: kustomize makes them whole", kustomize)
    report.check("deploy: the container file (hadolint)", container_file)
    report.check("deploy: service and timer (systemd-analyze)", systemd_units)
    if cubepress:
        report.check("deploy: measures of a run (prometheus_client)", metrics, cubepress, site, recipe)
        report.check("deploy: costs are near what was built", costs, cubepress, site, recipe)


def tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def validate(manifest: Path) -> int:
    """Strictly: a misspelt key is an error too. Returns how many resources there are."""
    count = 0
    for version in KUBERNETES:
        result = subprocess.run(
            [tool("kubernetes-validate"), "-k", version, "--strict", str(manifest)],
            capture_output=True, text=True, check=False)
        said = result.stdout + result.stderr
        require(result.returncode == 0 and "ERROR" not in said, f"{version}: {said[-400:]}")
        count = said.count(" passed for resource ")
    require(count > 0, f"nothing was checked in {manifest.name}")
    return count


def kubernetes_schemas() -> str:
    base = DEPLOY / "kubernetes/base"
    listed = yaml.safe_load((base / "kustomization.yaml").read_text())["resources"]
    require(
        sorted(listed) == sorted(p.name for p in base.glob("*.yaml") if p.name != "kustomization.yaml"),
        f"kustomization.yaml lists {listed}")
    count = sum(validate(base / name) for name in listed)
    check_job(yaml.safe_load((base / "nightly.yaml").read_text()))
    return f"{count} resources, versions {' and '.join(KUBERNETES)}"


def check_job(nightly: dict) -> None:
    """What schemas cannot know: numbers that belong together, and that nothing runs as root."""
    job = nightly["spec"]["jobTemplate"]["spec"]
    pod = job["template"]["spec"]
    container = pod["containers"][0]
    workers = int(next(e["value"] for e in container["env"] if e["name"] == "WORKERS"))
    require(job["completions"] == job["parallelism"] == workers + 1, "completions is not WORKERS + 1")
    require(pod["securityContext"]["runAsNonRoot"] is True, "it runs as root")
    require(container["securityContext"]["allowPrivilegeEscalation"] is False, "it may become root")
    require({"requests", "limits"} <= container["resources"].keys(), "no limits")
    # The script in it, as the shell reads it.
    script = container["args"][0]
    result = subprocess.run(["sh", "-nuc", script], capture_output=True, text=True, check=False)
    require(result.returncode == 0, result.stderr)
    for command in ("work", "seal", "publish"):
        require(f"cubepress {command} " in script, f"the pods never run cubepress {command}")


def kustomize() -> str:
    kubectl = shutil.which("kubectl")
    version = ""
    if kubectl:
        said = subprocess.run(
            [kubectl, "version", "--client"], capture_output=True, text=True, check=False).stdout
        version = (re.search(r"v(1\.\d+)", said) or [""] * 2)[1]
    if not version or tuple(map(int, version.split("."))) < (1, 27):
        raise Skipped("kubectl 1.27 or later is not installed; the files alone are checked above")
    with tempfile.TemporaryDirectory(prefix="cubepress-kubernetes-") as name:
        folder = Path(name) / "kubernetes"
        shutil.copytree(DEPLOY / "kubernetes", folder)
        (folder / "example/bucket.env").write_text("AWS_ACCESS_KEY_ID=x\nAWS_SECRET_ACCESS_KEY=y\n")
        result = subprocess.run(
            [kubectl, "kustomize", str(folder / "example")], capture_output=True, text=True,
            check=False)
        require(result.returncode == 0, result.stderr[-400:])
        whole = folder / "whole.yaml"
        whole.write_text(result.stdout)
        count = validate(whole)
        documents = list(yaml.safe_load_all(result.stdout))
        check_job(next(d for d in documents if d["kind"] == "CronJob"))
        require(all(d["metadata"]["namespace"] == "cubepress" for d in documents), "no namespace")
        return f"kubectl {version}, {count} resources"


def container_file() -> str:
    program = tool("hadolint")
    file = DEPLOY / "container/Containerfile"
    result = subprocess.run([program, str(file)], capture_output=True, text=True, check=False)
    require(result.returncode == 0, (result.stdout + result.stderr)[-400:])
    text = file.read_text()
    # Its packages are those that the set-up script installs for a build.
    setup = (DEPLOY / "setup").read_text()
    wanted = re.search(r"BUILD_PACKAGES=\((.*?)\)", setup, re.DOTALL)[1].split()
    missing = [package for package in wanted if package not in text and package != "proj-data"]
    require(not missing, f"the container lacks {missing}")
    require(re.findall(r"^USER (.*)$", text, re.MULTILINE)[-1] != "root", "it runs as root")
    return ""


def systemd_units() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        raise Skipped("systemd-analyze is not installed (Debian: systemd)")
    with tempfile.TemporaryDirectory(prefix="cubepress-systemd-") as name:
        units = []
        for unit in sorted((DEPLOY / "systemd").iterdir()):
            copy = Path(name) / unit.name
            # The program need not be installed here.
            copy.write_text(re.sub(r"/usr/bin/cubepress(-server)?\b", "/bin/true", unit.read_text()))
            units.append(str(copy))
        result = subprocess.run(
            [program, "verify", *units], capture_output=True, text=True, check=False)
        said = "\n".join(
            line for line in (result.stdout + result.stderr).splitlines() if name in line)
        require(result.returncode == 0 and not said, said or result.stderr[-300:])
    return ""


def metrics(cubepress: str, site: Path, recipe: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="cubepress-metrics-") as name:
        folder = Path(name)
        made = folder / "site"
        shutil.copytree(site, made)

        def call(file: str, *arguments) -> dict:
            subprocess.run(
                [cubepress, *map(str, arguments), "--quiet", "--metrics", str(folder / file)],
                capture_output=True, text=True, check=False, timeout=PATIENCE)
            return families((folder / file).read_text())

        built = call("build.prom", "build", recipe, "-o", made)
        require(value(built, "last_run_success") == 1, "the build is said to have failed")
        require(value(built, "release") >= 1, "no release")
        datasets = {s.labels["dataset"] for s in built["cubepress_dataset_fields"].samples}
        wanted = {d["id"] for d in yaml.safe_load(recipe.read_text())["datasets"]}
        require(datasets == wanted, f"{datasets}, not {wanted}")
        tiles = sum(
            s.value for s in built["cubepress_dataset_objects"].samples if s.labels["product"] == "tiles")
        on_disk = sum(1 for _ in made.glob("datasets/*/tiles/**/*.png"))
        require(tiles == on_disk, f"{tiles} tiles, on the disk there are {on_disk}")
        published = call("publish.prom", "publish", made, folder / "mirror")
        require(value(published, "sent_objects") > tiles, "too few objects sent")
        failed = call("publish.prom", "publish", folder / "nothing", folder / "mirror")
        require(value(failed, "last_run_success") == 0, "a failed run is said to have succeeded")
        require(
            value(failed, "last_success_timestamp_seconds")
            == value(published, "last_success_timestamp_seconds"), "the last success is forgotten")
        return f"{len(built)} and {len(published)} measures"


def costs(cubepress: str, site: Path, recipe: Path) -> str:
    """A few fields of each variable must tell about what all of them take."""
    result = subprocess.run(
        [cubepress, "cost", str(recipe), "--json", "--quiet"], capture_output=True, text=True,
        check=False, timeout=PATIENCE)
    require(result.returncode == 0, result.stderr[-300:])
    estimate = json.loads(result.stdout)
    worst = 1.0
    for dataset in estimate["datasets"]:
        folder = site / "datasets" / dataset["id"]
        for product, pattern in [
            ("tiles", "tiles/**/*.*"), ("cube", "cube.zarr/**/c/**/*"), ("series", "series.zarr/**/c/**/*"),
        ]:
            files = [path.stat().st_size for path in folder.glob(pattern) if path.is_file()]
            for name, built in [("objects", len(files)), ("bytes", sum(files))]:
                said = dataset[product][name]
                if max(said, built) < 200:
                    continue  # too few to tell
                ratio = max(said, built) / max(1, min(said, built))
                # Series hold the values of the cube in another order: how well that packs is not known.
                is_guess = (product, name) == ("series", "bytes")
                require(
                    ratio <= (3 if is_guess else 1.5),
                    f"{dataset['id']}: {said} {name} of {product} estimated, {built} built")
                worst = max(worst, 1 if is_guess else ratio)
    return f"at most {100 * (worst - 1):.0f} % off"


def families(text: str) -> dict:
    found = {}
    for family in text_string_to_metric_families(text):
        require(family.name not in found, f"{family.name} comes twice")
        require(family.documentation and family.type == "gauge", f"{family.name}: no help or type")
        labels = [tuple(sorted(s.labels.items())) for s in family.samples]
        require(len(set(labels)) == len(labels), f"{family.name} has the same labels twice")
        found[family.name] = family
    return found


def value(found: dict, name: str) -> float:
    require(f"cubepress_{name}" in found, f"cubepress_{name} is missing")
    return found[f"cubepress_{name}"].samples[0].value
