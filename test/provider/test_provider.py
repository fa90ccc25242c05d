# SPDX-License-Identifier: Apache-2.0
"""The provider gives units what the config grants them, and refuses all else so that the unit fails."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ALL_BYTES, LARGE
from harness import PROVIDER, TEST_NOBODY, How, Provider, ask, is_refusal, pid1s_name, unit_of
from repository import Repository

WAITS = "\n[host]\nwait_for_secrets = 20\n"


# --- granting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["sops", "age"])
def test_values_arrive_byte_for_byte(
    backend: str, repository_with: Callable[..., Repository], provider_of: Callable[[Repository], Provider]
) -> None:
    repository = repository_with(backend)
    provider = provider_of(repository).start()
    assert provider.get("db", "host-bytes") == ALL_BYTES
    assert provider.get("db", "host-large") == LARGE
    for vm, credential, var in (
        ("web", "host-token", "app/token"),
        ("web", "host-session-key", "session-key/session-key"),
        ("db", "host-db-token", "app/token"),
    ):
        assert provider.get(vm, credential) == repository.get(vm, var)


def test_an_empty_value_is_granted_only_where_it_may_be_empty(
    repository_with: Callable[..., Repository], provider_of: Callable[[Repository], Provider]
) -> None:
    repository = repository_with("age")
    provider = provider_of(repository).start()
    secrets = repository.root / "secrets"
    recipient = (secrets / "age-keys" / "machines" / "db" / "pub").read_text().strip()
    empty = subprocess.run(["age", "--armor", "-r", recipient], input=b"", capture_output=True, check=True).stdout
    (secrets / "clan-vars" / "per-machine" / "db" / "app" / "empty" / "empty.age").write_bytes(empty)
    assert "is empty" in provider.refuses("db", "host-empty")
    config = repository.root / "vmcred.toml"
    config.write_text(config.read_text().replace("secrets.empty = {", "secrets.empty = { allow_empty = true,"))
    assert provider.get("db", "host-empty") == b""


def test_what_is_rotated_is_granted_anew(repository: Repository, provider: Provider) -> None:
    before = provider.get("web", "host-token")
    repository.vmcred("vars", "rotate", "web", "token")
    after = provider.get("web", "host-token")
    assert before != after == repository.get("web", "app/token")
    versions = [e["VMCRED_VERSION"] for e in provider.journal() if e.get("VMCRED_CREDENTIAL") == "host-token"]
    assert len(set(versions)) == 2
    assert versions[-1] in (repository.root / "vars" / "per-machine" / "web" / "app" / ".version").read_text()


def test_a_hundred_at_once(repository: Repository, provider: Provider) -> None:
    expected = repository.get("web", "app/token")
    clients = [provider.ask("web", "host-token") for _ in range(100)]
    assert [client.answer() for client in clients] == [expected] * 100
    assert provider.results() == [("granted", unit_of("web"), "host-token")] * 100


# --- refusing -------------------------------------------------------------------------------------------------------


def test_only_what_the_config_grants(provider: Provider) -> None:
    for vm, credential, reason in (
        ("ghost", "host-token", "no vm 'ghost'"),
        ("web", "host-db-token", "gets no credential 'host-db-token'"),  # another VM's
        ("db", "host-file", "gets no credential"),  # a file: PID 1 reads it itself
        ("web", "token", "gets no credential"),
        ("web", "host-", "gets no credential"),
    ):
        assert reason in provider.refuses(vm, credential)
    ssh = ask(provider.socket_path, "ssh.service", "host-token").answer()
    assert is_refusal(ssh)
    assert (provider.reasons / "ssh.service").read_text().startswith("host-token: ssh.service is no VM's unit")


def test_only_for_pid_1(provider: Provider) -> None:
    assert is_refusal(provider.get("web", "host-token", How(user=TEST_NOBODY)))
    for group in ("", unit_of("db"), "evil.service", f"evil.service/{unit_of('web')}"):
        assert is_refusal(provider.get("web", "host-token", How(group=group)))
    # None of them could leave a reason in web's name.
    assert provider.reason("web") == ""
    assert {result for result, _, _ in provider.results()} == {"refused"}
    assert len(provider.results()) == 5


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b"\0",
        b"\0zz/unit/microvm@web.service/host-token",
        b"\0a/unit/microvm@web.service/host-token\0",
        b"\0a/unit/microvm@web.service",
        b"\0a/unit/../host-token",
        b"\0a/unit/microvm@web.service/a/b",
        b"\0" + b"a" * 17 + b"/unit/microvm@web.service/host-token",
        b"\0" + b"a" * 107,
    ],
)
def test_malformed_names(provider: Provider, name: bytes) -> None:
    before = sorted(provider.reasons.iterdir())
    assert is_refusal(provider.get("web", "host-token", How(name=name)))
    assert provider.results() == [("refused", "", "")]
    assert sorted(provider.reasons.iterdir()) == before


def test_a_store_that_cannot_be_read(repository: Repository, provider: Provider) -> None:
    secret = repository.root / "vars" / "per-machine" / "web" / "app" / "token" / "secret"
    text = secret.read_text()
    secret.write_text(text.replace("ENC[", "ENC[x", 1))
    assert "vars/per-machine/web/app/token/secret" in provider.refuses("web", "host-token")
    secret.write_text(text)
    moved = repository.root.with_name("moved")
    repository.root.rename(moved)
    repository.root.mkdir()
    shutil.copy(moved / "vmcred.toml", repository.root)
    assert "not in the store yet" in provider.refuses("web", "host-token")
    shutil.rmtree(repository.root)
    assert "no such file" in provider.refuses("web", "host-token")
    moved.rename(repository.root)
    assert provider.get("web", "host-token") == repository.get("web", "app/token")


def test_without_an_identity(repository: Repository, provider: Provider) -> None:
    away = repository.key_file.with_suffix(".away")
    repository.key_file.rename(away)
    reason = provider.refuses("web", "host-token")
    assert "no identity to decrypt with" in reason
    assert f"{repository.key_file}: no such file" in reason
    away.rename(repository.key_file)
    assert provider.get("web", "host-token") == repository.get("web", "app/token")


def test_with_somebody_elses_identity(repository: Repository, provider: Provider) -> None:
    repository.key_file.rename(repository.key_file.with_suffix(".away"))
    subprocess.run(["age-keygen", "-o", repository.key_file], check=True, capture_output=True)
    assert "app/token/secret" in provider.refuses("web", "host-token")


def test_the_config_is_read_again_when_it_changes(repository: Repository, provider: Provider) -> None:
    config = repository.root / "vmcred.toml"
    text = config.read_text()
    assert "no vm 'new'" in provider.refuses("new", "host-session-key")
    added = '[vms.new]\nkernel = "k"\nsecrets.token = { generator = "app" }\n'
    config.write_text(f"{text}\n{added}")
    repository.vmcred("vars", "generate", "new")
    assert provider.get("new", "host-token") == repository.get("new", "app/token")
    expected = repository.get("web", "app/token")
    config.write_text(f"{text}\n{added}memory = 'no such key'\n")
    assert "memory" in provider.refuses("new", "host-token")
    assert provider.get("web", "host-token") == expected
    config.write_text("not = [ toml")
    assert "vmcred.toml" in provider.refuses("web", "host-token")
    config.unlink()
    assert "no such file" in provider.refuses("web", "host-token")
    config.write_text(text)
    assert provider.get("web", "host-token") == repository.get("web", "app/token")
    provider.manager.wait_for(lambda messages: any(b"STATUS=refuses all" in message for message in messages))


# --- waiting --------------------------------------------------------------------------------------------------------


def test_a_missing_secret_is_refused_at_once(provider: Provider) -> None:
    began = time.monotonic()
    reason = provider.refuses("slow", "host-token")
    assert reason == (
        "host-token: not in the store yet: per-machine/slow/late/token ('vmcred vars generate slow' makes it)\n"
    )
    assert time.monotonic() - began < 5


def test_a_missing_secret_is_waited_for(
    repository_with: Callable[..., Repository], provider_of: Callable[[Repository], Provider]
) -> None:
    repository = repository_with(extra=WAITS)
    provider = provider_of(repository).start()
    waiting = [provider.ask("slow", "host-token") for _ in range(5)]
    assert waiting[0].is_waiting(0.5)
    began = time.monotonic()
    assert provider.get("web", "host-token") == repository.get("web", "app/token")  # nobody else waits
    assert time.monotonic() - began < 5
    repository.vmcred("vars", "generate", "slow")
    assert [client.answer() for client in waiting] == [b"made at last"] * 5
    assert provider.reason("slow") == ""


def test_the_wait_has_an_end(
    repository_with: Callable[..., Repository], provider_of: Callable[[Repository], Provider]
) -> None:
    provider = provider_of(repository_with(extra="\n[host]\nwait_for_secrets = 1\n")).start()
    began = time.monotonic()
    assert "not in the store yet" in provider.refuses("slow", "host-token")
    assert 0.9 < time.monotonic() - began < 10


def test_who_leaves_while_waiting_is_forgotten(
    repository_with: Callable[..., Repository], provider_of: Callable[[Repository], Provider]
) -> None:
    provider = provider_of(repository_with(extra=WAITS)).start()
    client = provider.ask("slow", "host-token")
    assert client.is_waiting(0.5)
    client.leave()
    provider.journald.wait_for(lambda entries: any(b"left while" in entry for entry in entries))


def test_a_slow_reader_holds_up_nobody(repository: Repository, provider: Provider) -> None:
    expected = repository.get("web", "app/token")
    slow = [provider.ask("db", "host-large", How(pause=5.0)) for _ in range(8)]
    time.sleep(0.3)
    assert provider.get("web", "host-token") == expected
    assert all(client.is_waiting(0) for client in slow)
    assert [client.answer() for client in slow] == [LARGE] * 8


# --- reasons and journal --------------------------------------------------------------------------------------------


def test_the_reason_goes_with_the_next_full_success(repository: Repository, provider: Provider) -> None:
    provider.refuses("web", "host-ghost")
    path = provider.reasons / unit_of("web")
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.read_text().count("\n") == 1
    provider.get("web", "host-token")
    assert path.exists()
    provider.get("web", "host-session-key")
    assert not path.exists()


def test_the_journal_has_a_line_for_each_answer(repository: Repository, provider: Provider) -> None:
    provider.get("web", "host-session-key")
    provider.refuses("web", "host-ghost")
    granted, refused = provider.journal()
    assert granted == {
        "MESSAGE": f"granted host-session-key to {unit_of('web')}, version -",
        "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": "vmcred-provider",
        "VMCRED_RESULT": "granted",
        "VMCRED_UNIT": unit_of("web"),
        "VMCRED_CREDENTIAL": "host-session-key",
        "VMCRED_VERSION": "-",  # has not been noted: it was never rotated
    }
    assert refused["PRIORITY"] == "3"
    assert (refused["VMCRED_RESULT"], refused["VMCRED_CREDENTIAL"]) == ("refused", "host-ghost")


def test_no_secret_is_told(repository: Repository, provider: Provider) -> None:
    values = [ALL_BYTES, LARGE, repository.get("web", "app/token"), repository.get("web", "session-key/session-key")]
    for vm, credential in (("web", "token"), ("web", "session-key"), ("db", "bytes"), ("db", "large"), ("db", "ghost")):
        provider.get(vm, f"host-{credential}")
    provider.ask("db", "host-large", How(pause=60)).leave()
    key = repository.key_file.read_bytes().split(b"\n")[-2]
    for text in provider.everything_told():
        for value in [*values, key]:
            assert value[:24] not in text
            assert value[-24:] not in text


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how_it_ends", [signal.SIGKILL, signal.SIGTERM])
def test_who_has_no_complete_answer_when_it_ends_is_refused(
    how_it_ends: signal.Signals,
    repository_with: Callable[..., Repository],
    provider_of: Callable[[Repository], Provider],
) -> None:
    repository = repository_with(extra=WAITS)
    provider = provider_of(repository).start()
    waiting = provider.ask("slow", "host-token")
    reading = provider.ask("db", "host-large", How(pause=2.0))
    refused = provider.ask("web", "host-ghost", How(pause=2.0))
    assert waiting.is_waiting(0.5)
    assert provider.end(how_it_ends) == (0 if how_it_ends == signal.SIGTERM else -how_it_ends)
    for client in (waiting, reading, refused):
        assert is_refusal(client.answer())
    if how_it_ends == signal.SIGTERM:
        assert "the provider was stopped" in provider.reason("slow")
    # Who connects meanwhile waits in the socket, which systemd keeps.
    early = provider.ask("web", "host-token")
    assert early.is_waiting(0.3)
    provider.start()
    assert early.answer() == repository.get("web", "app/token")


def test_killed_again_and_again_it_never_cuts_a_value(provider: Provider) -> None:
    for round_number in range(8):
        clients = [provider.ask("db", "host-large") for _ in range(6)]
        time.sleep(0.01 * round_number)
        provider.end(signal.SIGKILL)
        provider.start()
        for client in clients:
            answer = client.answer()
            assert answer == LARGE or is_refusal(answer), len(answer)


def test_unprivileged_with_an_identity_from_systemd(
    repository: Repository, provider_of: Callable[[Repository], Provider], host: Path
) -> None:
    provider = provider_of(repository)
    credentials = host / "credentials"
    credentials.mkdir()
    shutil.copy(repository.key_file, credentials / "identity.0")
    for path in (credentials, credentials / "identity.0", provider.reasons):
        shutil.chown(path, TEST_NOBODY, TEST_NOBODY)
    user = ("setpriv", f"--reuid={TEST_NOBODY}", f"--regid={TEST_NOBODY}", "--clear-groups", "--bounding-set=-all")
    provider.start(prefix=user, environment={"CREDENTIALS_DIRECTORY": str(credentials)})
    assert provider.get("web", "host-token") == repository.get("web", "app/token"), provider.reason("web")
    vars_folder = repository.root / "vars"
    vars_folder.chmod(0o700)
    assert "permission denied" in provider.refuses("web", "host-token")
    vars_folder.chmod(0o755)
    # Only what systemd hands over counts there, not what the config names.
    (credentials / "identity.0").unlink()
    assert "no identity" in provider.refuses("web", "host-token")


def test_it_is_small_at_rest(repository: Repository, provider: Provider) -> None:
    for _ in range(20):
        provider.get("web", "host-token")
    processes = [provider.pid, *map(int, Path(f"/proc/{provider.pid}/task/{provider.pid}/children").read_text().split())]
    assert len(processes) == 2
    time.sleep(3)
    sizes = [resident_kib(pid) for pid in processes]
    assert sum(sizes) < 6 * 1024, sizes
    assert provider.get("web", "host-token") == repository.get("web", "app/token")


def resident_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


def test_it_needs_a_socket_from_systemd() -> None:
    done = subprocess.run([PROVIDER], capture_output=True, check=False)
    assert done.returncode == 4
    assert b"vmcred-provider: error: expected one listening socket from systemd" in done.stderr
    assert b"systemctl start vmcred-provider.socket" in done.stderr
    assert subprocess.run([PROVIDER, "--bad"], capture_output=True, check=False).returncode == 2
    assert subprocess.run([PROVIDER, "--help"], capture_output=True, check=False).stdout.startswith(b"Usage: ")


def test_pid_1s_name_is_as_expected() -> None:
    assert pid1s_name("u.service", "id").startswith(b"\0")
    assert pid1s_name("u.service", "id").endswith(b"/unit/u.service/id")
