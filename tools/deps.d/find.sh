# Which package of this release is meant, for tools/deps. A name is NAME, NAME|NAME or one of the @names below; what a
# function finds it prints, and nothing when there is none.

boost_at_least=1.81
boost_url_is_a_library=1.82  # before, it is in the headers

installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' 2>/dev/null | awk '$1 == "ii" { print $2, $3 }')
version_installed() { awk -v name="$1" '$1 == name { print $2; exit }' <<<"$installed"; }

# What somebody reads when there is none.
names_of() {
  case $1 in
    @boost) say "libboost-dev or libboostN-dev of at least $boost_at_least" ;;
    @boost-url) say "libboost-url-dev or libboost-urlN-dev" ;;
    @postgresql) say "postgresql" ;;
    @java) say "default-jre-headless" ;;
    @jdk) say "default-jdk-headless" ;;
    *) say "${1//|/ }" ;;
  esac
}

# Boost's own name without a version stands for the release's default, which is too old on Debian 12: that has a newer
# one beside it. The numbered package is installed with the unnumbered one, so both are looked at, that one first.
installed_boost() {
  local name version
  while read -r name version; do
    if dpkg --compare-versions "${version%%-*}" ge "$boost_at_least"; then
      say "$name"
      return
    fi
  done < <(grep -E '^libboost[0-9.]*-dev ' <<<"$installed" | LC_ALL=C sort)
}

installed_of() {
  local name
  case $1 in
    @boost) installed_boost ;;
    @boost-url) installed_boost_url "$(installed_boost)" ;;
    # The server itself; one from elsewhere does as well.
    @postgresql) awk '$1 ~ /^postgresql-[0-9]+$/ { print $1; exit }' <<<"$installed" ;;
    @java) if command -v java >/dev/null; then java_package java jre; fi ;;
    @jdk) if command -v javac >/dev/null; then java_package javac jdk; fi ;;
    *)
      for name in ${1//|/ }; do
        if [[ -n $(version_installed "$name") ]]; then
          say "$name"
          return
        fi
      done
      ;;
  esac
}

# Whether a Boost of this version has Boost.URL in a package of its own.
has_boost_url_apart() { dpkg --compare-versions "${1%%-*}" ge "$boost_url_is_a_library"; }

installed_boost_url() {
  [[ -n $1 ]] || return 0
  if has_boost_url_apart "$(version_installed "$1")"; then
    awk '$1 ~ /^libboost-url[0-9.]*-dev$/ { print $1; exit }' <<<"$installed"
  else
    say "$1"
  fi
}

# Java that did not come as a package counts as well, under the name that the package would have.
java_package() {
  local found
  found=$(dpkg-query -S "$(readlink -f "$(command -v "$1")")" 2>/dev/null | cut -d: -f1 | head -1) || true
  say "${found:-default-$2-headless}"
}

# The version that apt would install; nothing when it has none.
candidate_of() { apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2; exit }'; }

available_of() {
  local name version
  case $1 in
    @boost)
      version=$(candidate_of libboost-dev)
      if [[ -n $version ]] && dpkg --compare-versions "${version%%-*}" ge "$boost_at_least"; then
        say libboost-dev
        return
      fi
      name=$(apt-cache pkgnames libboost | grep -E '^libboost[0-9]+\.[0-9]+-dev$' | sort -V | tail -1) || true
      [[ -n $name ]] || return 1
      version=${name#libboost}
      dpkg --compare-versions "${version%-dev}" ge "$boost_at_least" || return 1
      say "$name"
      ;;
    @boost-url)
      name=$(installed_of @boost)
      [[ -n $name ]] || name=$(available_of @boost) || return 1
      version=$(version_installed "$name")
      if has_boost_url_apart "${version:-$(candidate_of "$name")}"; then
        name=${name/libboost/libboost-url}
        [[ -n $(candidate_of "$name") ]] || return 1
      fi
      say "$name"
      ;;
    @postgresql) [[ -n $(candidate_of postgresql) ]] && say postgresql ;;
    @java) [[ -n $(candidate_of default-jre-headless) ]] && say default-jre-headless ;;
    @jdk) [[ -n $(candidate_of default-jdk-headless) ]] && say default-jdk-headless ;;
    *)
      for name in ${1//|/ }; do
        if [[ -n $(candidate_of "$name") ]]; then
          say "$name"
          return
        fi
      done
      return 1
      ;;
  esac
}
