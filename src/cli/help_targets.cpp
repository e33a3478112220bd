// Help topic about targets: hosts, ranges, sets, and the files groups are kept in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_texts.hpp"

namespace ctys::cli::help_text {

Document targets() {
  Document document;
  document.emplace_back(
      Paragraph{"A target is a host, a range of hosts, a group, or a set of them. ctys groups shows what "
                "targets stand for; "
                "no host is contacted for that."});
  document.emplace_back(Heading{"Targets"});
  document.emplace_back(Entries{{
      {"[USER@]HOST[:PORT]", "one host"},
      {"web[1-9,12]", "a range: web1 to web9, and web12"},
      {"web[01-40]", "web01 to web40: numbers have as many digits as the ends"},
      {"web[0-8/2]", "every second one"},
      {"dc[1-2]n[1-99]", "several ranges: every combination"},
      {"@prod", "the group prod; @rack[1-3] several groups"},
      {"@db/", "every group of the folder db; @* every group there is"},
      {"prod", "a host if there is one of that name, the group otherwise"},
      {"root@prod:2222", "the group, this user and port for members that have none"},
      {"@prod,@db", "hosts of prod and hosts of db"},
      {"@prod!@db", "hosts of prod that are not in db"},
      {"@prod&@db", "hosts that are in both"},
      {"@prod^@db", "hosts that are in one of both only"},
      {"SUBTASK{a b}, SUBGROUP{a b}", "these targets"},
      {"web01'(-d 3)'", "options for this target; behind a group for each of its hosts"},
  }});
  document.emplace_back(
      Paragraph{"Sets are written without blanks, in quotes for the shell, and computed from left to right: "
                "'@a,@b!@c' is what "
                "is in a or b, and not in c. One call has at most 100000 hosts. A host that is named twice "
                "with the same "
                "options counts once."});
  document.emplace_back(Heading{"Group files"});
  document.emplace_back(
      Paragraph{"A group is a file below ~/.ctys/groups or ~/.config/ctys/groups, or below the folders of "
                "CTYS_GROUPS_PATH, "
                "which replaces both. Its name is its path from there: prod, server/db/all. Of two files "
                "with the same name "
                "the first one counts."});
  document.emplace_back(Example{{"# everything that earns money", "CONTEXT'(-l root)'",
                                 "#include server/db/all cache", "web[01-40], lab02'(-d 3)'"}});
  document.emplace_back(Entries{{
      {"web01, web02", "members: targets with blanks, commas or newlines between them"},
      {"#include NAME...",
       "the members of these groups, looked for from this file's folder of the search path on"},
      {"# TEXT", "a comment"},
      {"CONTEXT'(OPTIONS)'", "options for all members, in front of their own"},
  }});
  document.emplace_back(
      Paragraph{"Groups are nested up to 20 deep. A group that contains itself, or a line that cannot be "
                "read, is an error "
                "that names file and line."});
  document.emplace_back(
      Paragraph{"The options of a host are those of CONTEXT, then its own, then those for all targets, then "
                "those of the "
                "groups it was named by, the outermost last; of equal ones the last holds. No option reaches "
                "another host."});
  return document;
}

}  // namespace ctys::cli::help_text
