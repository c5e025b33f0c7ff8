"""A small Slurm cluster on this machine: several nodes that are processes, for as long as a test."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from patience import PATIENCE
from report import Skipped, require

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")


def find(program: str) -> str | None:
    """Where a program is; those of the system are not on everybody's PATH."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


@contextmanager
def cluster(folder: Path, nodes: int):
    """Starts munge, the controller and nodes; yields the environment of their clients."""
    missing = [program for program in PROGRAMS if find(program) is None]
    if missing:
        raise Skipped(f"{missing[0]} is not installed (Debian: slurm-wlm munge)")
    ports = free_ports(nodes + 1)
    configuration = folder / "slurm.conf"
    configuration.write_text(settings(folder, nodes, ports))
    (folder / "state").mkdir()
    environment = {**os.environ, "SLURM_CONF": str(configuration)}
    processes = []
    try:
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        processes.append(
            start(
                folder, "munged", "--foreground", "--force", f"--socket={folder}/munge.socket",
                f"--key-file={key}", f"--pid-file={folder}/munged.pid",
                f"--seed-file={folder}/munged.seed", environment=environment,
            )
        )
        wait_for("munged", lambda: (folder / "munge.socket").exists(), folder)
        processes.append(start(folder, "slurmctld", "-D", environment=environment))
        for number in range(1, nodes + 1):
            processes.append(
                start(folder, "slurmd", "-D", "-N", f"node{number}", environment=environment))
        wait_for("slurmd", lambda: idle_nodes(environment) == nodes, folder)
        yield environment
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def settings(folder: Path, nodes: int, ports: list) -> str:
    host = socket.gethostname().split(".")[0]
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    lines = "\n".join(
        f"NodeName=node{number} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[number]} "
        "CPUs=1 RealMemory=16000 State=UNKNOWN"
        for number in range(1, nodes + 1)
    )
    return f"""\
ClusterName=cubepress
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
# A job that is requeued may start when the credential of its first try has expired.
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=1,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
MailProg=/bin/true
KillWait=2
{lines}
PartitionName=main Nodes=ALL Default=YES State=UP
"""


def free_ports(count: int) -> list:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def start(folder: Path, program: str, *arguments, environment: dict) -> subprocess.Popen:
    log = (folder / f"{program}.log").open("ab")
    return subprocess.Popen(
        [find(program), *arguments], stdout=log, stderr=log, env=environment, cwd=folder,
        start_new_session=True)


def run(environment: dict, *command) -> str:
    """Runs a client of the cluster; what it prints."""
    result = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=PATIENCE)
    require(
        result.returncode == 0, f"{command[0]}: {(result.stderr or result.stdout).strip()[-300:]}")
    return result.stdout.strip()


def idle_nodes(environment: dict) -> int:
    result = subprocess.run(
        ["sinfo", "-h", "-N", "-o", "%T"], capture_output=True, text=True, env=environment,
        check=False)
    return result.stdout.split().count("idle")


def wait_for(name: str, is_there, folder: Path) -> None:
    # Not as long as what must happen: a cluster that cannot run here is no fault of what is tested.
    end = time.monotonic() + 60
    while not is_there():
        if time.monotonic() > end:
            text = (folder / f"{name}.log").read_text(errors="replace").strip()
            raise Skipped(f"{name} does not start here: {text[-200:]}")
        time.sleep(0.1)
