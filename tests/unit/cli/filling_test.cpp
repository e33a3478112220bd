// The command lines that fill the inventory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

using namespace ctys;
using namespace ctys::tests;
using model::Action;
using model::MacKey;
using model::MacSourceKind;

TEST_CASE("vdbgen takes the options it always had") {
  const auto request = accepted(
      "ctys-vdbgen --replace --base=/mntn/vmpool,/srv --cacheDB=/tmp/db --threads=3 --splitted "
      "--splitted-keep-files --progressall -b sync,seq -c off -C off -t ALL -T QEMU,TEST -d 2 -X");
  CHECK(request.action == Action::vdbgen);
  CHECK(request.vdbgen.replace);
  CHECK_FALSE(request.vdbgen.append);
  CHECK(request.enumerate.bases == std::vector<std::string>{"/mntn/vmpool", "/srv"});
  CHECK(request.vdbgen.directory == "/tmp/db");
  CHECK(request.vdbgen.at_once == 3U);
  CHECK(request.vdbgen.keep_files);
  CHECK(request.vdbgen.progress == 2);
  CHECK(request.types == std::vector<std::string>{"QEMU", "TEST"});
  CHECK(request.verbosity == 3U);
  CHECK(request.output.format == model::Format::terse);
  CHECK(request.enumerate.states == std::vector<std::string>{"ACTIVE", "DISABLED", "EMPTY"});
  CHECK(accepted("ctys vdbgen --scan-all-states").enumerate.states == std::vector<std::string>{"ALL"});
  CHECK(accepted("ctys vdbgen --no-splitted").vdbgen.at_once == 0U);
  CHECK(accepted("ctys vdbgen -t test -T all").types == std::vector<std::string>{"TEST"});
  CHECK(accepted("ctys vdbgen --append --dry-run").plan);
  CHECK(accepted("ctys vdbgen --append -n").plan);
  CHECK(accepted("ctys vdbgen --stdio -- localhost").vdbgen.to_stdout);
  CHECK(accepted("ctys-vdbgen --append --filecontext -- localhost").vdbgen.append);
}

TEST_CASE("vdbgen takes its number of workers from the environment") {
  ::setenv("CTYS_VDBGEN_PARTARGETS", "4", 1);
  const auto set = accepted("ctys vdbgen --append").vdbgen.at_once;
  const auto other = accepted("ctys vdbgen --append --threads 3").vdbgen.at_once;
  ::setenv("CTYS_VDBGEN_PARTARGETS", "many", 1);
  const auto bad = refused("ctys vdbgen --append").summary;
  ::unsetenv("CTYS_VDBGEN_PARTARGETS");
  CHECK(set == 4U);
  CHECK(other == 3U);
  CHECK_THAT(bad, Catch::Contains("CTYS_VDBGEN_PARTARGETS"));
}

TEST_CASE("vdbgen refuses what contradicts itself, and what is not there yet") {
  for (const auto* line :
       {"ctys vdbgen --append --replace", "ctys vdbgen --splitted --no-splitted", "ctys vdbgen --threads 0",
        "ctys vdbgen --threads 3 --no-splitted", "ctys vdbgen --threads x", "ctys vdbgen --stdio -n",
        "ctys vdbgen --stdio --json", "ctys vdbgen --base ''", "ctys vdbgen --base /a,",
        "ctys vdbgen --cacheDB ''", "ctys vdbgen -b fast", "ctys vdbgen -c maybe", "ctys vdbgen --append=yes",
        "ctys vdbgen --apend"})
    (void)refused(line);
  CHECK(refused("ctys-vdbgen --append -- '(-Z sudo)' localhost").why == cli::refusal::kPrivileges);
  CHECK(refused("ctys vdbgen --append lab01 lab02'(-t TEST)'").summary.find("the same") != std::string::npos);
  CHECK(accepted("ctys-vdbgen -b async,par").background);
  CHECK_FALSE(accepted("ctys-vdbgen -b stack").background);
  CHECK_FALSE(refused("ctys-vdbgen -c local").why.empty());
  CHECK(refused("ctys-vdbgen -C keep").why == cli::refusal::kDataCache);
}

TEST_CASE("vdbgen scans the hosts that are named") {
  const auto words = accepted("ctys-vdbgen --append -- '(-l root)' lab01 me@lab02").where.targets;
  REQUIRE(words.size() == 2);
  CHECK(words[0].user == "root");
  CHECK(words[1].user == "me");
  const auto where = accepted("ctys vdbgen --on localhost,lab[1-3] lab4 --via gw").where;
  CHECK(where.targets.size() == 5);
  CHECK(where.via.size() == 1);
  CHECK(accepted("ctys vdbgen").where.targets.empty());
}

TEST_CASE("macmap looks up, and fills from sources") {
  const auto query = accepted("ctys-macmap -n -i -u -p /a%/b web01 52:54:00:12:34:56");
  CHECK(query.macmap.patterns == std::vector<std::string>{"web01", "52:54:00:12:34:56"});
  CHECK(query.macmap.columns == std::vector<MacKey>{MacKey::name, MacKey::ip});
  CHECK(query.macmap.directories == "/a:/b");
  CHECK(query.macmap.upper);
  CHECK_FALSE(query.plan);
  const auto fill =
      accepted("ctys macmap --from dhcpd:/l --from NEIGHBOURS --from libvirt:/x --replace --dry-run");
  REQUIRE(fill.macmap.sources.size() == 3);
  CHECK(fill.macmap.sources[0].kind == MacSourceKind::dhcpd);
  CHECK(fill.macmap.sources[0].path == "/l");
  CHECK(fill.macmap.sources[1].path.empty());
  CHECK(fill.macmap.replace);
  CHECK(fill.plan);
  for (const auto* line :
       {"ctys macmap --from", "ctys macmap --from dhcpd",
        "ctys macmap --from dhcpd:", "ctys macmap --from dns:/x", "ctys macmap --replace",
        "ctys macmap --print", "ctys macmap --dry-run", "ctys macmap -p ''", "ctys macmap -p /a -P",
        "ctys macmap --from libvirt web01", "ctys macmap --from libvirt --print --replace"})
    (void)refused(line);
  CHECK(refused("ctys macmap --from dnsmask:/x").fix.find("dnsmasq") != std::string::npos);
}

TEST_CASE("extractMAClst and extractARPlst print what they find, and write it with -P or -p") {
  const auto dhcpd = accepted("ctys-extractMAClst -i /a /b");
  CHECK(dhcpd.action == Action::macmap);
  CHECK(dhcpd.macmap.print);
  CHECK(dhcpd.macmap.sort == MacKey::ip);
  CHECK(dhcpd.macmap.columns.empty());
  REQUIRE(dhcpd.macmap.sources.size() == 2);
  CHECK(dhcpd.macmap.sources[1].path == "/b");
  CHECK(accepted("ctys-extractMAClst").macmap.sources[0].path == "/etc/dhcp/dhcpd.conf");
  CHECK_FALSE(accepted("ctys-extractMAClst -P -q").macmap.print);
  CHECK(accepted("ctys-extractMAClst -E").macmap.host_syntax);
  const auto arp = accepted("ctys-extractARPlst -p /db web01 10.0.0.1");
  CHECK(arp.macmap.hosts == std::vector<std::string>{"web01", "10.0.0.1"});
  CHECK(arp.macmap.directories == "/db");
  CHECK_FALSE(arp.macmap.print);
  (void)refused("ctys-extractARPlst");
  (void)refused("ctys-extractMAClst -n -m");
}
