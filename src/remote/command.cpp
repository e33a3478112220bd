// The commands that start ctys on another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/command.hpp"

#include <ctys/field.hpp>

namespace ctys::remote {
namespace {

// The login shell may be any: what stands between single quotes, without a backslash, an exclamation mark or
// a line's end, is the same for all of them. The rest is said to a POSIX shell.
std::string for_any_shell(const std::string& script) {
  return "exec /bin/sh -c '" + script + "'";
}

constexpr const char* kCache = "b=${XDG_CACHE_HOME:-$HOME/.cache}/ctys; ";

// Puts into i what the program $p says of its build. It may be anything of that name: it is given 3 seconds
// and a line, and ends when our side does, with what it has started, as far as there is a setsid. Nothing is
// written to fd 0 before the worker has spoken: whoever reads there learns of the end alone.
constexpr const char* kAsk =
    R"sh(s=$(command -v setsid); e() { kill -9 -$k || kill -9 $k; }; )sh"
    R"sh(a() { $s "$p" __worker id 3<&- </dev/null & k=$!; )sh"
    R"sh({ read -r l <&3; e; } >/dev/null & r=$!; )sh"
    R"sh({ sleep 3 3<&- & z=$!; trap "kill $z; exit" TERM; wait $z; e; } >/dev/null & t=$!; )sh"
    R"sh(wait $k; kill $r $t; wait; }; )sh"
    R"sh(exec 3<&0; i=$(a 2>/dev/null | dd bs=33 count=1 2>/dev/null); exec 3<&-; )sh";

}  // namespace

std::string start_command(std::string_view id, bool any_version) {
  const std::string name(id);
  std::string script = "PATH=$PATH:/usr/local/bin:$HOME/.local/bin:$HOME/bin; export PATH; ";
  script += kCache;
  // The empty line ends whatever a login shell may have printed without one.
  script += "echo; c=$b/" + name + "/bin/ctys; ";
  script += R"sh(if [ -s "$c" ] && [ -x "$c" ]; then exec "$c" __worker; fi; )sh";
  script += R"sh(p=$(command -v ctys 2>/dev/null); if [ -n "$p" ]; then )sh";
  script += kAsk;
  if (any_version)
    script += R"sh(if [ ${#i} = 32 ] && [ -z "$(printf %s "$i" | tr -d 0-9a-f)" ])sh";
  else
    script += R"sh(if [ "$i" = )sh" + name + " ]";
  script += R"sh(; then exec "$p" __worker; fi; fi; )sh";
  script += "echo " + std::string(kAbsent) + R"sh($(uname -s -m) "$p")sh";
  return for_any_shell(script);
}

std::string install_command(std::string_view id) {
  // Whoever reads its complaints knows the words of the C locale.
  std::string script = "umask 077; LC_ALL=C; export LC_ALL; ";
  script += kCache;
  script += "n=$b/" + std::string(id) + "; t=$b/.new.$(uname -n).$$; ";
  script += R"sh(x() { [ "$("$n/bin/ctys" __worker id 2>/dev/null)" = )sh" + std::string(id) + " ]; }; ";
  script += R"sh(mkdir -p "$b" && rm -rf "$t" && mkdir "$t" && tar -x -C "$t" -f - && )sh";
  script += R"sh("$t/bin/ctys" --version >/dev/null && )sh";
  // Hosts may share a home: whoever comes second leaves the copy of the first, and nobody sees a moment
  // without one. Only what is damaged is taken away.
  script += R"sh({ x || mv -T "$t" "$n" 2>/dev/null || x || { rm -rf "$n" && mv "$t" "$n"; }; }; )sh";
  script += R"sh(s=$?; rm -rf "$t"; )sh";
  script += R"sh([ $s = 0 ] || echo "it was to be copied to $b" >&2; exit $s)sh";
  return for_any_shell(script);
}

std::string greeting_command() {
  // All shells leave "\0" alone between single quotes: this is a double quote, which the JSON needs.
  constexpr const char* kHello =
      R"sh({\042ctys\042:1,\042t\042:\042hello\042,\042host\042:\042\042,\042version\042:\042\042})sh";
  return for_any_shell(std::string("echo; printf \"") + kHello + R"sh("; echo; read -r call; )sh" +
                       R"sh(printf "{\042t\042:\042end\042,\042status\042:0}"; echo)sh");
}

std::string copies_command(bool remove) {
  std::string script = kCache;
  // The double quote that the JSON needs.
  script += R"sh(q=$(printf "\042"); s() { echo "$1" | tr @ "$q"; }; echo; )sh";
  script += R"sh(s "{@ctys@:1,@t@:@hello@,@host@:@@,@version@:@@}"; read -r call; r=0; )sh";
  script += R"sh(for d in "$b"/*; do n=${d##*/}; [ ${#n} = 32 ] || continue; )sh";
  script += R"sh([ -z "$(printf %s "$n" | tr -d 0-9a-f)" ] || continue; )sh";
  // A part of a copy has to be in it, the others may be lost: whatever else has such a name is not ours.
  script += R"sh([ -f "$d/bin/ctys" ] || [ -d "$d/lib/ctys/plugins" ] || )sh"
            R"sh(grep -q "^[0-9][0-9]* bin/ctys" "$d/files" 2>/dev/null || continue; )sh";
  script +=
      R"sh(v=$("$d/bin/ctys" --version 2>/dev/null </dev/null | head -n 1 | tr -cd "0-9A-Za-z. -"); v=${v#ctys }; )sh";
  // Where it stands, unless a shell or the JSON could find something of their own in it.
  script += R"sh(p=$(printf %s "$d" | tr -cd "0-9A-Za-z. /_-"); [ "$p" = "$d" ] || p=; )sh";
  if (remove)
    script +=
        R"sh(e=$(rm -rf "$d" 2>&1 | head -n 1 | tr -cd "0-9A-Za-z. :/_-"); if [ -e "$d" ]; then r=1; )sh"
        R"sh(s "{@t@:@error@,@code@:1,@what@:@cannot remove $n@,@why@:@$e@,)sh"
        R"sh(@fix@:@see whose it is: ls -ld $p@,@where@:@@}"; continue; fi; )sh";
  script += R"sh(s "{@t@:@record@,@v@:{@4@:@$n@,@16@:@$v@,@)sh" +
            std::to_string(static_cast<int>(Field::exe_path)) + R"sh(@:@$p@}}"; done; )sh";
  script += R"sh(s "{@t@:@end@,@status@:$r}")sh";
  return for_any_shell(script);
}

}  // namespace ctys::remote
