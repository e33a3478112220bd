// Targets and group files as they have always been written, and what they stand for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/expand.hpp"

#include "unit/groups/fixture.hpp"

using namespace ctys;
using namespace ctys::tests;

namespace {

struct Case {
  const char* what;
  std::string file;  // of the group "g"
  std::string hosts;
};

const Files kLab{{"prod", "web[01-03] cache1\n"},
                 {"db", "db1 db2 web03"},
                 {"server/mail", "mail1, mail2"},
                 {"server/all", "#include server/mail db"},
                 {"rack1", "r1a r1b"},
                 {"rack2", "r2a"},
                 {"name.VMSTACK", "pm1 vm1 vm2"}};

}  // namespace

TEST_CASE("group files of the original are read as it read them") {
  const std::vector<Case> cases{
      {"members by blank", "a b c", "a b c"},
      {"members by comma", "a,b, c ,d", "a b c d"},
      {"members by newline", "a\nb\r\n\n\tc\n", "a b c"},
      {"users and ports", "root@a b:2222 u@c:22", "root@a b:2222 u@c:22"},
      {"comments", "# all of them\na\n  # another\nb # behind\n#includes are different\n# include x", "a b"},
      {"empty", "", ""},
      {"only a comment", "#", ""},
      {"options", "a'(-d 3)' b", "a(-d 3) b"},
      {"double quotes", "a\"(-d 3)\" b(-d 1)", "a(-d 3) b(-d 1)"},
      {"a desktop", "root@lab02'(-a create=l:LAB02,reuse -c local -g 1268x992:A11:ALL -b 1,2)'",
       "root@lab02(-a create=l:LAB02,reuse -c local -g 1268x992:A11:ALL -b 1,2)"},
      {"one host, two sessions", "lab'(-a create=l:a)' lab'(-a create=l:b)'",
       "lab(-a create=l:a) lab(-a create=l:b)"},
      {"parentheses in options", "a'(-s USRLST=(u1,u2))',b", "a(-s USRLST=(u1,u2)) b"},
      {"options over lines", "a'(-d 3\n -W 2)'\nb", "a(-d 3  -W 2) b"},
      {"the placeholder", "a'(-w)'", "a(-w)"},
      {"CONTEXT first", "CONTEXT'(-l root)'\na b'(-d 1)'", "a(-l root) b(-l root)(-d 1)"},
      {"CONTEXT last", "a\nCONTEXT(-l root)", "a(-l root)"},
      {"CONTEXT twice", "CONTEXT(-l x) CONTEXT(-d 1) a", "a(-l x)(-d 1)"},
      {"include", "#include server/mail\nx", "mail1 mail2 x"},
      {"include several", "#include server/mail,db", "mail1 mail2 db1 db2 web03"},
      {"include with CONTEXT", "CONTEXT(-l x)\n#include server/mail", "mail1(-l x) mail2(-l x)"},
      {"a group as member", "server/mail x", "mail1 mail2 x"},
      {"a group with options", "CONTEXT(-d 0) server/mail'(-d 3)'", "mail1(-d 0)(-d 3) mail2(-d 0)(-d 3)"},
      {"a group made explicit", "@db", "db1 db2 web03"},
      {"its own name is a host", "g h", "g h"},
      {"SUBTASK", "SUBTASK{a b} c", "a b c"},
      {"SUBGROUP with quotes and options", "SUBGROUP'{'a, db'}''(-d 1)'",
       "a(-d 1) db1(-d 1) db2(-d 1) web03(-d 1)"},
      {"braces in braces", "SUBTASK{a SUBGROUP{b c'(-d 1)'}}", "a b c(-d 1)"},
      {"twice the same", "a b a", "a b"},
      {"ranges", "web[1-2,4]'(-d 1)'", "web1(-d 1) web2(-d 1) web4(-d 1)"},
      {"a set", "@prod!@db x", "web01 web02 cache1 x"},
  };
  for (const auto& [what, file, hosts] : cases) {
    INFO(what);
    auto files = kLab;
    files["g"] = file;
    CHECK(expanded(files, "@g") == hosts);
  }
}

TEST_CASE("targets are hosts, groups and sets of them, from left to right") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"web1 web2", "web1 web2"},
      {"prod", "web01 web02 web03 cache1"},
      {"@prod,@db", "web01 web02 web03 cache1 db1 db2"},
      {"@prod!@db", "web01 web02 cache1"},
      {"@prod&@db", "web03"},
      {"@prod^@db", "web01 web02 cache1 db1 db2"},
      {"@prod,@db!web03!db1", "web01 web02 cache1 db2"},
      {"@prod,@db&web[01-03]", "web01 web02 web03"},
      {"@prod!@prod", ""},
      {"server/all", "mail1 mail2 db1 db2 web03"},
      {"@server/", "mail1 mail2 db1 db2 web03"},
      {"@rack[1-2]", "r1a r1b r2a"},
      {"web[1-9/4],web1", "web1 web5 web9"},
      {"root@rack2:2222", "root@r2a:2222"},
      {"@rack2:2222", "r2a:2222"},
      {"[fe80::1]:22", "[fe80::1]:22"},
      {"a,b'(-d 1)'", "a b(-d 1)"},
      {"@db!db1'(-d 1)'", "db2(-d 1) web03(-d 1)"},
      {"(-d 3) h1 h2'(-d 1)' h3'(-d 0)'", "h1(-d 3) h2(-d 3)(-d 1) h3(-d 3)(-d 0)"},
      {"'(-d 3)' rack2'(-d 1)' x", "r2a(-d 3)(-d 1) x(-d 3)"},
      {"(-d 3) @rack1^r1a,x", "r1b(-d 3) x(-d 3)"},
      {"(-d 3) SUBTASK{a b}'(-w)'", "a(-d 3)(-w) b(-d 3)(-w)"},
  };
  for (const auto& [targets, hosts] : cases) CHECK(expanded(kLab, targets) == hosts);
}

TEST_CASE("the options of one host reach no other") {
  CHECK(expanded({}, "a'(-l root -d 6)' b c'(-d 1)'") == "a(-l root -d 6) b c(-d 1)");
}

TEST_CASE("a host comes before a group of its name, and '@' means the group") {
  groups::Rules rules;
  std::vector<std::string> asked;
  rules.is_host = [&](const std::string& name) {
    asked.push_back(name);
    return name == "prod" || name == "solo" || name.starts_with("web");
  };
  CHECK(expanded(kLab, "prod", rules) == "prod");
  CHECK(expanded(kLab, "root@prod:22", rules) == "root@prod:22");
  CHECK(asked == std::vector<std::string>{"prod", "prod", "prod", "prod"});
  CHECK(expanded({{"rack1", "web1 solo"}}, "rack1", rules) == "web1 solo");
  const auto unknown = refused(kLab, "nowhere", rules);
  CHECK(unknown.summary == "unknown host and/or group 'nowhere'");
  CHECK(refused({{"g", "web1\nnowhere"}}, "@g", rules).summary ==
        "/g/g:2: unknown host and/or group 'nowhere'");
  CHECK(expanded({{"prod", "web1"}}, "@prod", rules) == "web1");
}

TEST_CASE("duplicates are dropped unless they are wanted, different options make another task") {
  groups::Rules all;
  all.keep_duplicates = true;
  CHECK(expanded(kLab, "a b a a'(-d 1)'") == "a b a(-d 1)");
  CHECK(expanded(kLab, "a b a", all) == "a b a");
  CHECK(expanded(kLab, "@rack1 r1a", all) == "r1a r1b r1a");
}

TEST_CASE("a stack is refused where targets are wanted, and a list of members elsewhere") {
  for (const auto* targets : {"VMSTACK{pm1 vm1}", "@name.VMSTACK", "name.VMSTACK", "pm1[vm1]"})
    CHECK(refused(kLab, targets).why.find("stacks of machines") == 0);
  groups::Rules rules;
  rules.stacks = true;
  CHECK(expanded(kLab, "VMSTACK'(-t QEMU)'{pm1 vm1}", rules) == "pm1(-t QEMU) vm1(-t QEMU)");
  CHECK(expanded(kLab, "@name.VMSTACK", rules) == "pm1 vm1 vm2");
}

TEST_CASE("a measure tells members, includes and hosts; a tree shows what a group is made of") {
  auto files = kLab;
  files["g"] = "CONTEXT(-l x)\na'(-d 1)', SUBTASK{b c}\n#include server/all db\n@prod!@db";
  const auto measure = groups::measure("g", source_of(files), {});
  REQUIRE(measure);
  CHECK(measure->members == 5);
  CHECK(measure->includes == 2);
  CHECK(measure->hosts == 11);
  CHECK(measure->bytes == files["g"].size());
  const auto tree = groups::tree("g", source_of(files), {});
  REQUIRE(tree);
  std::vector<std::string> names;
  for (const auto& part : tree->parts) names.push_back(part.name);
  CHECK(names == std::vector<std::string>{"a'(-d 1)'", "SUBTASK{b c}", "server/all", "db", "@prod!@db"});
  CHECK(tree->parts[2].parts.size() == 2);
  CHECK(tree->parts[2].parts[0].parts.size() == 2);
}
