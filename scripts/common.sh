# shellcheck shell=bash
# Sourced by the other scripts: where the tree is, how to speak, how to find and install what they need. Does nothing by itself.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly top

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

require_root() {
  [ "$(id -u)" -eq 0 ] || die "needs root: sudo scripts/${0##*/} $*"
}

# Prints the names of those Debian packages among "$@" that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Installs those Debian packages among "$@" that are not there; does not touch apt otherwise.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "please install by hand what this system calls: ${missing[*]} (apt-get is not here)"
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Prints the path of a .NET SDK that takes global.json. sudo drops a user's own PATH, so the usual places are tried too.
find_dotnet() {
  local candidate home
  home=$(getent passwd "${SUDO_USER:-$(id -un)}" | cut -d: -f6)
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-/nonexistent}/dotnet" "$home/.dotnet/dotnet" \
    /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/local/share/dotnet/dotnet /opt/dotnet/dotnet; do
    if [ -x "$candidate" ] && (cd "$top" && "$candidate" --version >/dev/null 2>&1); then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# Runs a command as the owner of the tree when sudo made us root, so that no root-owned bin/ and obj/ get in a developer's way.
as_owner() {
  local owner
  owner=$(stat -c %U "$top")
  if [ "$(id -u)" -eq 0 ] && [ "$owner" != root ] && [ "$owner" = "${SUDO_USER:-}" ]; then
    sudo -u "$owner" -H -- "$@"
  else
    "$@"
  fi
}

# The docker command is a client under test. Its package would start a daemon and change the machine's firewall, so that only the command is taken from it.
install_docker_command() {
  local package directory=$top/obj/docker-command
  if ! [ -x "$directory/usr/bin/docker" ]; then
    say "fetching the docker command"
    apt-get update -qq
    package=$(apt-cache show docker-cli >/dev/null 2>&1 && echo docker-cli || echo docker.io)
    mkdir -p "$directory"
    chown _apt "$directory" 2>/dev/null || true
    (cd "$directory" && apt-get download -qq "$package" && dpkg-deb --extract "$package"_*.deb . && rm -f "$package"_*.deb)
  fi
  export PATH=$PATH:$directory/usr/bin
}
