// What `ctys groups` and ctys-groups understand, and what they offer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.hpp"
#include "unit/cli/line.hpp"

#include <algorithm>

using namespace ctys;
using namespace ctys::tests;
using model::GroupsVerb;
using Words = std::vector<std::string>;

TEST_CASE("groups has five verbs, and guesses the plain ones") {
  CHECK(accepted("ctys groups").groups.verb == GroupsVerb::list);
  CHECK(accepted("ctys groups list").groups.verb == GroupsVerb::list);
  CHECK(accepted("ctys groups tree prod").groups.verb == GroupsVerb::tree);
  CHECK(accepted("ctys groups fold web1 web2").groups.words == Words{"web1", "web2"});
  CHECK(accepted("ctys groups count @a!@b").groups.verb == GroupsVerb::count);
  CHECK(accepted("ctys groups @prod").groups.verb == GroupsVerb::expand);
  CHECK(accepted("ctys groups expand list").groups.words == Words{"list"});
  CHECK(accepted("ctys --json groups list db%prod").groups.words == Words{"db", "prod"});
  CHECK(accepted("ctys groups tree -D 2").groups.depth == 2);
}

TEST_CASE("ctys-groups has the modes and letters of the original") {
  const auto request = accepted("ctys-groups -X -m 8 netscan/all");
  CHECK(request.action == model::Action::groups);
  CHECK(request.groups.verb == GroupsVerb::members);
  CHECK(request.groups.mode == 8);
  CHECK(request.groups.terse);
  CHECK(request.groups.words == Words{"netscan/all"});
  CHECK(accepted("ctys-groups -m 6U a%b").groups.unique);
  CHECK(accepted("ctys-groups -m 5x a").groups.numbered);
  CHECK(accepted("ctys-groups -m 1").groups.verb == GroupsVerb::list);
  CHECK(accepted("ctys-groups -l db/").groups.mode == 1);
  CHECK(accepted("ctys-groups -S").groups.verb == GroupsVerb::tree);
  CHECK_FALSE(accepted("ctys-groups -S").groups.files);
  CHECK(accepted("ctys-groups -F -D 3").groups.files);
}

TEST_CASE("what does not go together is refused") {
  CHECK(refused("ctys groups -m 9 a").summary == "bad value '9' of --mode");
  CHECK(refused("ctys groups -m 2 -l a").fix == "leave out one of them");
  CHECK(refused("ctys groups fold -m 2 a").fix == "leave out one of them");
  CHECK(refused("ctys groups expand").summary == "groups expand has no target");
  CHECK(refused("ctys groups list -D 2").summary == "'--depth' has no effect");
  CHECK(refused("ctys groups -m 2 a --json").summary == "'--json' and '--mode' exclude each other");
  CHECK(refused("ctys groups expand a -X --json").summary == "'--json' and '--terse' exclude each other");
  CHECK(refused("ctys groups --format table").summary == "unknown option '--format' of groups");
}

TEST_CASE("verbs and groups are offered, behind operators as well") {
  cli::Surroundings here;
  here.groups = [] { return Words{"db", "prod"}; };
  const auto offered = [&](const Words& line) {
    Words words;
    for (const auto& candidate : cli::find_candidates(line, here)) words.push_back(candidate.word);
    return words;
  };
  CHECK(offered({"groups", "tr"}) == Words{"tree"});
  CHECK(offered({"groups", "tree", "p"}) == Words{"prod"});
  CHECK(offered({"groups", "expand", ""}) == Words{"@db", "@prod"});
  CHECK(offered({"groups", "expand", "@prod!@d"}) == Words{"@prod!@db"});
  CHECK(offered({"groups", "expand", "p"}).empty());
  CHECK(offered({"groups", "-m", "5"}) == Words{"5", "5x"});
  CHECK(offered({"groups", "fold", "@db", "@"}) == Words{"@prod"});
}
