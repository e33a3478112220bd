// Command lines of the inventory: those of existing scripts, the modern ones, and what is refused.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/vocabulary.hpp"
#include "cli/vocabulary_inventory.hpp"
#include "unit/cli/line.hpp"

#include <cstdlib>

using namespace ctys;
using namespace ctys::tests;
using model::Action;
using model::Format;
using model::Listing;
using model::Reduce;
using Words = std::vector<std::string>;

namespace {

std::vector<Field> fields_of(const model::Request& request) {
  std::vector<Field> fields;
  for (const auto& column : request.output.columns) fields.push_back(column.field);
  return fields;
}

}  // namespace

TEST_CASE("an error that lists words lists all of them") {
  const auto why = [](const std::string& line) { return refused(line).why; };
  CHECK(why("ctys vhost -S foo") ==
        "the words are: LISTALL LIST LISTDB MEMBERSDB LISTGROUP CONTENTGROUP MEMBERSGROUP");
  CHECK(why("ctys vhost -S membersgroup9") == "the words are: 2 3 4 5 5x 6 6u 7 7u 8 8u");
  CHECK(why("ctys vhost -x foo web") == "the words are: PING SSH PM VM MARK REVERSE R -");
  CHECK(why("ctys vhost -o sort:foo web") == "the words are: ALL A EACH UNIQUE U REVERSE R");
  CHECK(why("ctys vdbgen -b foo") ==
        "the words are: sync off 0 async on 1 sequential seq 2 parallel par 3 stack");
  // What is offered is taken, and what is taken is listed.
  const auto caches = why("ctys vhost -C foo");
  for (const auto word : text::split(cli::kCaches, '|')) {
    CHECK(accepted("ctys vhost -C " + std::string(word)).action == Action::vhost);
    CHECK((caches + " ").find(" " + text::upper(word) + " ") != std::string::npos);
  }
  CHECK(refused("ctys show foo:bar").fix.find("dbrecord") != std::string::npos);
}

TEST_CASE("a number that means nothing is refused, but not to scripts of the original") {
  CHECK(refused("ctys vhost -I 7 web").why == "the words are: 0 1 2");
  CHECK(accepted("ctys-vhost -I 7 web").inventory.statistics == 7);
  CHECK(refused("ctys vhost -o l,tcp,sort:3 web").fix ==
        "the columns of this output have the numbers 1 to 2");
  CHECK(accepted("ctys vhost -o l,tcp,sort:2 web").output.sort.key == "2");
  CHECK(accepted("ctys vhost -o machine,sort:47 web").output.sort.key == "47");
  CHECK(accepted("ctys-vhost -o l,tcp,sort:3 web").output.sort.key == "3");
}

TEST_CASE("command lines of existing scripts mean what they meant") {
  const auto ports = accepted("ctys-vhost -o cport,l -M all '59[0-9][0-9]'");
  CHECK(ports.action == Action::vhost);
  CHECK(ports.inventory.is_classic);
  CHECK(ports.inventory.words == Words{"59[0-9][0-9]"});
  CHECK(ports.output.format == Format::terse);
  CHECK(fields_of(ports) == std::vector{Field::client_port, Field::label});
  CHECK(ports.inventory.reduce == Reduce::all);

  const auto sorted = accepted("ctys-vhost -o sort:1 tst00 and not f:2:PM and tst103 or tst00");
  CHECK(sorted.output.sort.on);
  CHECK(sorted.output.sort.key == "1");
  CHECK(sorted.output.format == Format::tab_gen);  // SORT alone leaves the default table
  CHECK(sorted.inventory.words == Words{"tst00", "and", "not", "f:2:PM", "and", "tst103", "or", "tst00"});

  const auto plain = accepted("ctys-vhost lab02 tst320");
  CHECK(plain.inventory.words == Words{"lab02", "tst320"});
  CHECK(plain.output.format == Format::tab_gen);
  CHECK(plain.output.columns.size() == 10);
  CHECK(plain.output.columns[0].title == "LABEL");
  CHECK(plain.output.columns[0].width == 10);

  const auto inner =
      accepted("ctys-vhost -s -M unique -o I,T F:1:lab00 F:2:QEMU F:3:web NOT E:28:1 F:44:root -p /db");
  CHECK(inner.inventory.reduce == Reduce::unique);
  CHECK(inner.inventory.databases == "/db");
  CHECK(inner.inventory.words.size() == 6);

  const auto macro = accepted("ctys-vhost macro:vif lab02");
  CHECK(macro.output.format == Format::tab_gen);
  CHECK(macro.output.columns.size() == 8);
  CHECK(macro.output.columns[2].field == Field::if_name);
}

TEST_CASE("every option of the classic tool is known") {
  CHECK(accepted("ctys-vhost -p a:b x").inventory.databases == "a:b");
  CHECK(accepted("ctys-vhost -M first x").inventory.reduce == Reduce::first);
  CHECK(accepted("ctys-vhost -Mcomplement x").inventory.reduce == Reduce::complement);
  CHECK(accepted("ctys-vhost -I 2 x").inventory.statistics == 2);
  CHECK(accepted("ctys-vhost -S listdb").inventory.listing == Listing::databases);
  CHECK(accepted("ctys-vhost -S LISTALL").inventory.listing == Listing::all);
  CHECK(accepted("ctys-vhost -S listgroup:a%b").inventory.listed_groups == Words{"a", "b"});
  CHECK(accepted("ctys-vhost -C off x").inventory.no_index);
  CHECK(accepted("ctys-vhost -C MEMBERSDB").inventory.listing == Listing::members);
  CHECK(accepted("ctys-vhost -T QEMU,xen x").types == Words{"QEMU", "XEN"});
  CHECK(accepted("ctys-vhost -T all x").types.empty());
  CHECK(accepted("ctys-vhost -X -o l x").output.format == Format::terse);
  CHECK(accepted("ctys-vhost -l joe -d 2 x").verbosity == 3U);
  CHECK(accepted("ctys-vhost -i CTYSADDRESS 'lab00[l:web01]'").inventory.is_address);
  CHECK(accepted("ctys-vhost -o CTYSADDRESS,l web").inventory.prints_address);
  const auto reach = accepted("ctys-vhost -x MARK,SSH,VM x").inventory.reachability;
  CHECK(reach.how == model::Reachability::How::ssh);
  CHECK(reach.marks);
  CHECK(reach.of_vm);
  CHECK(accepted("ctys-vhost -x -,PING x").inventory.reachability.reversed);
  CHECK(std::holds_alternative<cli::HelpWanted>(*parsed("ctys-vhost -h")));
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys-vhost -H query")).topic == "query");
  CHECK(std::get<cli::VersionWanted>(*parsed("ctys-vhost -X -V")).bare);
}

TEST_CASE("the words of -o choose fields, formats and order") {
  CHECK(accepted("ctys vhost -o machine x").output.format == Format::machine);
  CHECK(accepted("ctys vhost -o maxkey x").output.columns.size() == 6);
  const auto table = accepted("ctys vhost -o 'TAB:3_Name_20_L%%7' x").output;
  CHECK(table.format == Format::tab_gen);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].title == "Name");
  CHECK(table.columns[0].width == 20);
  CHECK(table.columns[0].cut == model::Cut::left);
  for (const auto* word : {"rec", "REC_GEN", "spec", "XML", "json", "terse", "tab_gen"})
    CHECK(accepted(std::string("ctys vhost -o ") + word + " x").output.format != Format::automatic);
  const auto views = accepted("ctys vhost -o l,ip,dns x");
  CHECK(views.inventory.views == std::vector{model::View::none, model::View::ip, model::View::dns});
  const auto sort = accepted("ctys vhost -o l,tcp,sort:reverse%unique%2 x").output.sort;
  CHECK((sort.on && sort.unique && sort.reverse));
  CHECK(sort.key == "2");
  CHECK(accepted("ctys vhost -o titleidx,l x").output.titles == model::Titles::numbers);
}

TEST_CASE("every field of a record has a word") {
  for (const auto* word : {"PM",
                           "HOST",
                           "H",
                           "TYPE",
                           "STYPE",
                           "ST",
                           "LABEL",
                           "L",
                           "IDS",
                           "ID",
                           "I",
                           "PNAME",
                           "P",
                           "UUID",
                           "U",
                           "MAC",
                           "M",
                           "TCP",
                           "T",
                           "VNCDISPLAY",
                           "DISP",
                           "VNCPORT",
                           "CPORT",
                           "SERVERACCESS",
                           "SPORT",
                           "S",
                           "VNCBASE",
                           "DIST",
                           "DISTREL",
                           "OS",
                           "O",
                           "OSREL",
                           "VERSION",
                           "VERNO",
                           "VER",
                           "SERIALNUMBER",
                           "SERNO",
                           "CATEGORY",
                           "CAT",
                           "VMSTATE",
                           "VSTAT",
                           "HYPERREL",
                           "HYREL",
                           "STACKCAP",
                           "SCAP",
                           "STACKREQ",
                           "SREQ",
                           "HWCAP",
                           "HWREQ",
                           "EXECLOCATION",
                           "RELOCCAP",
                           "SSHPORT",
                           "NETNAME",
                           "HYPERRELRUN",
                           "HRELRUN",
                           "HRELX",
                           "HRX",
                           "HYRELRUN",
                           "ACCELERATOR",
                           "ACCEL",
                           "EXEPATH",
                           "EXEP",
                           "INDEX",
                           "IFNAME",
                           "IF",
                           "CTYSRELEASE",
                           "NETMASK",
                           "GATEWAY",
                           "GW",
                           "RELAY",
                           "ARCH",
                           "PLATFORM",
                           "PFORM",
                           "VRAM",
                           "VCPU",
                           "CONTEXTSTRING",
                           "CSTRG",
                           "USERSTRING",
                           "USTRG",
                           "USERID",
                           "UID",
                           "GROUPID",
                           "GID",
                           "DEFAULTHOSTS",
                           "DEFHOSTS",
                           "DEFH",
                           "DEFAULTCONSOLE",
                           "DEFCON",
                           "DEFC"})
    CHECK(accepted(std::string("ctys-vhost -o ") + word + " x").output.columns.size() == 1);
}

TEST_CASE("the modern form") {
  const auto word = accepted("ctys vhost web01");
  CHECK_FALSE(word.inventory.is_classic);
  CHECK(word.modern);
  CHECK(word.output.format == Format::automatic);
  CHECK(accepted("ctys vhost mac:52:54:00:ab:cd:ef -o tcp").inventory.words ==
        Words{"mac:52:54:00:ab:cd:ef"});
  const auto find = accepted("ctys find os:debian host:lab* state:active --json");
  CHECK(find.action == Action::find);
  CHECK(find.inventory.is_search);
  CHECK(find.output.format == Format::json);
  CHECK(find.inventory.words.size() == 3);
  const auto columns = accepted("ctys find --columns label:20,tcp --sort tcp --reverse --no-header x");
  CHECK(fields_of(columns) == std::vector{Field::label, Field::tcp});
  CHECK(columns.output.columns[0].width == 20);
  CHECK(columns.output.sort.field == Field::tcp);
  CHECK_FALSE(columns.output.header);
  CHECK(accepted("ctys --json vhost web01").output.format == Format::json);
  CHECK(accepted("ctys vhost --database=/a --filter type:qemu x").inventory.filters == Words{"type:qemu"});
}

TEST_CASE("regular expressions arrive as they were written") {
  for (const auto* word :
       {"[ab]", "[a,b]", "{1,2}", "^web.*$", "a%b", "a,b", "(a|b)", "=", "a=b", "'", "-"}) {
    const auto command = cli::parse("ctys", Words{"vhost", word});
    REQUIRE(command);
    CHECK(std::get<model::Request>(*command).inventory.words == Words{word});
  }
  CHECK(accepted("ctys vhost -- -x --json").inventory.words == Words{"-x", "--json"});
}

TEST_CASE("what is wrong is refused with a sentence") {
  CHECK_THAT(refused("ctys vhost --jsno x").fix, Catch::Contains("--json"));
  CHECK_THAT(refused("ctys vhost -Q x").summary, Catch::Contains("unknown option"));
  CHECK_THAT(refused("ctys vhost -o lable x").fix, Catch::Contains("LABEL"));
  CHECK_THAT(refused("ctys vhost -o pid x").why, Catch::Contains("does not hold"));
  CHECK_THAT(refused("ctys vhost -M fisrt x").fix, Catch::Contains("FIRST"));
  CHECK_THAT(refused("ctys vhost -x mark x").why, Catch::Contains("missing"));
  CHECK_THAT(refused("ctys vhost --json -F xml x").summary, Catch::Contains("exclude each other"));
  CHECK(accepted("ctys vhost --json --format json x").output.format == Format::json);
  CHECK(accepted("ctys vhost -F xml -F rec x").output.format == Format::rec);
  CHECK_THAT(refused("ctys vhost -p").summary, Catch::Contains("no value"));
  CHECK_THAT(refused("ctys vhost --json=1 x").summary, Catch::Contains("takes no value"));
  CHECK_THAT(refused("ctys vhost -S listdb x").summary, Catch::Contains("exclude"));
  CHECK_THAT(refused("ctys vhost --batch x").summary, Catch::Contains("exclude"));
  CHECK_THAT(refused("ctys vhost --batch --json").summary, Catch::Contains("nothing else"));
  CHECK_THAT(refused("ctys vhost -T 'a;b' x").why, Catch::Contains("no session type"));
  CHECK_THAT(refused("ctys vhost --deadline 0 x").why, Catch::Contains("no time"));
  for (const auto* line : {"ctys vhost --deadline 5s x", "ctys find --deadline 5s x",
                           "ctys vhost --deadline 5s --batch", "ctys vhost --deadline 5s -S listdb"})
    CHECK_THAT(refused(line).summary, Catch::Contains("--deadline has no effect"));
  for (const auto* line : {"ctys vhost --deadline 5s -x ssh x", "ctys vhost --deadline 5s -r x",
                           "ctys vhost --deadline 5s -c cnt x", "ctys find --deadline 5s -x ping x"})
    CHECK(accepted(line).deadline == std::chrono::seconds(5));
  CHECK(refused("ctys vhost -o l,sort:2 x").why == "there is no such column");
  CHECK(accepted("ctys vhost -o machine,sort:47 x").output.sort.key == "47");
  CHECK(refused("ctys vhost -o machine,sort:48 x").code == Exit::usage);
  CHECK(refused("ctys vhost -I 3 x").code == Exit::usage);
  CHECK(accepted("ctys vhost -T kvm,xen,bogus x").types == Words{"QEMU", "XEN", "BOGUS"});
  CHECK(accepted("ctys vhost -T kvm,xen,bogus x").inventory.unnamed_types == Words{"QEMU", "BOGUS"});
  CHECK_THAT(refused("ctys vhost -R lab01 x").fix, Catch::Contains("-r or -c"));
  CHECK_THAT(refused("ctys vhost -c cnt --json x").summary, Catch::Contains("one form"));
  CHECK(refused("ctys vhost -c most x").code == Exit::usage);
  CHECK_THAT(refused("ctys vhost -r -M complement x").summary, Catch::Contains("exclude"));
  CHECK_THAT(refused("ctys vhost -r --batch").summary, Catch::Contains("records"));
  CHECK_THAT(refused("ctys vhost -S membersgroup9:a").summary, Catch::Contains("MEMBERSGROUP"));
  CHECK_FALSE(accepted("ctys-vhost -C adjust x").inventory.rebuilds_index);
  CHECK_THAT(refused("ctys vhost -C adjusted x").fix, Catch::Contains("ADJUST"));
  CHECK_THAT(refused("ctys vhost x -o ''").why, Catch::Contains("no column"));
  for (const auto* line :
       {"ctys vhost --json -S listdb", "ctys vhost --plan --json x", "ctys vhost --json -o tab:3_L x",
        "ctys vhost -o rec --format xml x", "ctys vhost --json -o ctys x"})
    CHECK(refused(line).code == Exit::usage);
}

TEST_CASE("what runs, groups, and care for the index") {
  const auto load = accepted("ctys-vhost -c mincnt -R lab01,lab02 -T QEMU x");
  CHECK(load.inventory.load == model::Load::fewest);
  CHECK(load.where.targets.size() == 2);
  CHECK(accepted("ctys vhost -r x").inventory.runtime);
  const auto members = accepted("ctys vhost -S membersgroup8u:a%b");
  CHECK(members.inventory.listing == model::Listing::group_members);
  CHECK(members.inventory.listed_groups == Words{"a", "b"});
  CHECK(members.groups.mode == 8);
  CHECK(members.groups.unique);
  CHECK(accepted("ctys vhost -S membersgroup").groups.mode == 2);
  CHECK(accepted("ctys vhost -C groups,rebuildcache x").inventory.names_groups);
  CHECK(accepted("ctys vhost -C clearall").inventory.clears_leftovers);
}

TEST_CASE("macmap.fdb alone gives names and addresses") {
  const auto mapped = accepted("ctys vhost -C macmaponly x");
  CHECK(mapped.inventory.macmap == model::MacmapUse::only);
  CHECK(fields_of(mapped) == std::vector{Field::net_name, Field::mac, Field::tcp});
  CHECK(fields_of(accepted("ctys-vhost -C MACMAPONLY --json x")).size() == 3);
  CHECK(accepted("ctys-vhost -C macmap -o l x").inventory.macmap == model::MacmapUse::first);
  for (const auto* line : {"ctys vhost -C macmaponly -o l x", "ctys vhost -C macmaponly -o tcp,ctys x",
                           "ctys vhost -C macmaponly -T QEMU x", "ctys vhost -C macmaponly -x ping x",
                           "ctys vhost -C macmaponly -o machine x", "ctys vhost -C macmaponly --batch"})
    CHECK_THAT(refused(line).summary, Catch::Contains("macmaponly"));
}
