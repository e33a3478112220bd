// Hosts that other programs know.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/imports.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using namespace ctys::groups;

namespace {

std::vector<std::string> texts(const std::vector<Mention>& mentions) {
  std::vector<std::string> all;
  for (const auto& mention : mentions) all.push_back(mention.text + ":" + std::to_string(mention.line));
  return all;
}

std::vector<std::string> aliases(std::string_view config) {
  std::vector<std::string> all;
  for (const auto& alias : uri_aliases(config))
    all.push_back(alias.name + "=" + alias.uri + ":" + std::to_string(alias.line));
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the hosts of an SSH configuration are the words of Host that are no patterns") {
  const auto found = ssh_hosts(
      "# Host commented\n"
      "Host lab01 lab02 *.lab !lab03 web?\n"
      "  HostName 10.0.0.1\n"
      "HOST=\"quoted one\" db1   # Host more\n"
      "\thost\tlast\r\n"
      "Hosts no\nHostname no\nMatch host no\n"
      "Host *\n"
      "Include conf.d/* \"~/with blank\"\n");
  CHECK(texts(found.hosts) == Names{"lab01:2", "lab02:2", "quoted one:4", "db1:4", "last:5"});
  CHECK(texts(found.includes) == Names{"conf.d/*:10", "~/with blank:10"});
  CHECK(ssh_hosts("Host").hosts.empty());
  CHECK(ssh_hosts("Host \"open").hosts.size() == 1);
  CHECK(ssh_hosts("").hosts.empty());
}

TEST_CASE("aliases of libvirt.conf are read in all the ways that they may be written") {
  CHECK(aliases("#uri_aliases = [ \"no=qemu+ssh://no/system\" ]\n"
                "uri_default = 'qemu:///system'\n"
                "uri_aliases = [\n"
                "  \"hail=qemu+ssh://root@hail.example.com/system\", # one\n"
                "  'sleet=qemu+ssh://sleet/system',\n"
                "]\n"
                "other = 1\n") ==
        Names{"hail=qemu+ssh://root@hail.example.com/system:4", "sleet=qemu+ssh://sleet/system:5"});
  CHECK(aliases("uri_aliases=[\"a=b://c\"]") == Names{"a=b://c:1"});
  CHECK(aliases("x = [ \"a=b://c\" ]\nuri_aliases = \"\"\"d=e://f\"\"\"") == Names{"d=e://f:2"});
  CHECK(aliases("uri_aliases = [ \"a=b://c\" \"d=e://f\" ]").size() == 1);  // libvirt refuses that
  CHECK(aliases("uri_aliases = [ \"a=b://c").empty());
  CHECK(aliases("uri_aliases = [ \"a=b://c\n\" ]").empty());
  CHECK(aliases("= = =").empty());
  CHECK(aliases("uri_aliases = [ \"no equals\" ]").empty());
}

TEST_CASE("of a URI only what SSH can use is taken") {
  CHECK(host_of_uri("qemu+ssh://root@hail.example.com:2222/system?x=y") == "root@hail.example.com:2222");
  CHECK(host_of_uri("qemu+libssh2://hail/system") == "hail");
  CHECK(host_of_uri("qemu+ssh://root@[2001:db8::1]:22/system") == "root@[2001:db8::1]:22");
  CHECK(host_of_uri("qemu+tls://me@hail:16514/system") == "hail");
  CHECK(host_of_uri("qemu://[2001:db8::1]:16514/system") == "[2001:db8::1]");
  for (const auto* none : {"qemu:///system", "test:///default", "qemu+unix:///system?socket=/x", "", "hail",
                           "qemu+ssh://ro%40ot@hail/system"})
    CHECK_FALSE(host_of_uri(none));
}

TEST_CASE("what would be an option, a group, a range or a control character is no member") {
  for (const auto* word : {"lab01", "root@lab01", "lab01:2222", "10.0.0.1", "web.example.com"}) {
    const auto target = member_of(word);
    REQUIRE(target);
    CHECK(model::text_of(*target) == word);
  }
  for (const auto* word :
       {"-oProxyCommand=reboot", "-oProxyCommand", "@lab", "web[1-9]", "a,b", "a!b", "lab01;reboot",
        "$(reboot)", "lab01(-l root)", "a b", "", "\x1b[2J", "lab01\nlab02", "#include", "a\tb",
        "root@-oProxyCommand=x", "CONTEXT(-l root)", "SUBTASK{a}"})
    CHECK_FALSE(member_of(word));
  CHECK_FALSE(member_of(std::string_view("lab01\0x", 7)));
}
