// The modern grammar: actions, aliases, options, addresses.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

#include <chrono>

using namespace ctys;
using namespace ctys::tests;
using namespace std::chrono_literals;
using model::Action;
using model::Pair;

TEST_CASE("a display of another form is told which ones there are") {
  for (const auto* line : {"ctys open a --display bogus", "ctys open a --display :x"}) {
    CHECK(refused(line).code == Exit::usage);
    CHECK(refused(line).fix == "write :0, :0.1 or localhost:10");
  }
}

TEST_CASE("every action of the modern grammar is reached by its name and by its aliases") {
  for (const auto& action : cli::actions()) {
    const bool needs = action.operands != cli::Operands::none && action.operands != cli::Operands::jobs &&
                       action.operands != cli::Operands::persist;
    const auto request = accepted("ctys " + std::string(action.name) + (needs ? " web01" : ""));
    CHECK(request.action == action.action);
    CHECK(request.modern);
    const bool is_query = action.operands == cli::Operands::query;
    if (is_query) CHECK(request.inventory.words == std::vector<std::string>{"web01"});
    if (action.operands == cli::Operands::words)
      CHECK(request.macmap.patterns == std::vector<std::string>{"web01"});
    else if (action.operands == cli::Operands::groups)
      CHECK(request.groups.words == std::vector<std::string>{"web01"});
    else if (action.operands == cli::Operands::targets)
      CHECK(request.vping.words == std::vector<std::string>{"web01"});
    else if (action.operands == cli::Operands::hosts)
      CHECK(request.where.targets[0].name == "web01");
    else if (needs && !is_query)
      CHECK(request.machines[0].keys == std::vector<Pair>{{"WORD", "web01"}});
  }
  for (const auto& alias : cli::aliases())
    CHECK(accepted("ctys " + std::string(alias.name) + " web01").action == alias.action);
}

TEST_CASE("aliases stand for what they say, and the line itself wins") {
  using model::CreateMode;
  const auto start = accepted("ctys start web01");
  CHECK(start.create.mode == CreateMode::reuse);
  CHECK(start.create.console == model::Console::none);
  CHECK(start.server_only);
  const auto open = accepted("ctys open web01");
  CHECK(open.create.mode == CreateMode::reuse);
  CHECK_FALSE(open.create.console);
  CHECK(accepted("ctys start --connect --console cli web01").create.mode == CreateMode::connect);
  CHECK(accepted("ctys start --console cli web01").create.console == model::Console::cli);
  CHECK(accepted("ctys reboot web01").cancel.method == model::CancelMethod::reboot);
  CHECK(accepted("ctys reboot --method pause web01").cancel.method == model::CancelMethod::pause);
  CHECK(accepted("ctys kill web01").cancel.force);
  CHECK(accepted("ctys resume web01").create.mode == CreateMode::resume);
}

TEST_CASE("several machines, options before, between and behind them") {
  const auto request =
      accepted("ctys cancel --no-wait web01 -n l:web02,t:10.0.0.2 --delay 1m 52:54:00:12:34:56");
  REQUIRE(request.machines.size() == 3);
  CHECK(request.machines[1].keys == std::vector<Pair>{{"LABEL", "web02"}, {"TCP", "10.0.0.2"}});
  CHECK(request.machines[2].keys == std::vector<Pair>{{"WORD", "52:54:00:12:34:56"}});
  CHECK(request.plan);
  CHECK_FALSE(request.cancel.wait);
  CHECK(request.cancel.delay == 60s);
  CHECK(accepted("ctys --json list").output.format == model::Format::json);
  CHECK(accepted("ctys --type qemu list --json").types == std::vector<std::string>{"QEMU"});
  CHECK(accepted("ctys list -- --odd").machines[0].keys == std::vector<Pair>{{"WORD", "--odd"}});
}

TEST_CASE("a word in brackets is one word, and keeps them") {
  const auto request = accepted("ctys show [2001:db8::7] [1] label:[x] -- [y]");
  REQUIRE(request.machines.size() == 4);
  CHECK(request.machines[0].keys[0].value == "2001:db8::7");
  CHECK(request.machines[1].keys == std::vector<Pair>{{"WORD", "[1]"}});
  CHECK(request.machines[3].keys == std::vector<Pair>{{"WORD", "[y]"}});
}

TEST_CASE("options of create") {
  const auto create = accepted(
      "ctys create web01 --kernel /boot/vmlinuz --initrd /i --append 'a b' --wait ssh --console=gterm "
      "--escape ^A --display :1 "
      "-g 80x24");
  CHECK(create.create.boot_mode == "KERNEL");
  CHECK(create.create.boot_path == "/boot/vmlinuz");
  CHECK(create.create.initrd == "/i");
  CHECK(create.create.append == "a b");
  CHECK(create.create.wait == model::WaitFor::ssh);
  CHECK(create.create.console == model::Console::gterm);
  CHECK(create.create.escape == 1);
  CHECK(create.display == ":1");
  CHECK(create.geometry == "80x24");
  CHECK(accepted("ctys create web01 --boot cd:/a.iso").create.boot_path == "/a.iso");
  CHECK(accepted("ctys create web01 --no-wait").create.wait == model::WaitFor::none);
  for (const auto* bad : {"--boot tape", "--boot usb", "--wait forever", "--console emacs", "--console gtrm",
                          "--escape long", "--initrd /i", "--reuse --connect", "--display lab01:0", "-g 1x",
                          "--deadline never", "--deadline 10x", "--kernel", "--reuse=yes", "--escape none"})
    refused("ctys create web01 " + std::string(bad));
  refused("ctys create");
}

TEST_CASE("options of cancel") {
  CHECK(accepted("ctys cancel --all").cancel.all);
  CHECK(accepted("ctys cancel a --method init:3").cancel.level == 3);
  CHECK(accepted("ctys cancel a --client").cancel.part == model::Part::client);
  CHECK(accepted("ctys cancel a --server").cancel.part == model::Part::server);
  CHECK_FALSE(accepted("ctys cancel a --no-wait").cancel.wait);
  CHECK(accepted("ctys cancel --all --all-users").scope.all);
  CHECK(accepted("ctys cancel --all --user jdoe").scope.users == std::vector<std::string>{"jdoe"});
  for (const auto* bad : {"", "--all a", "a --client --server", "a --client --method reset",
                          "a --method init", "a --method reset:3", "a --method rset"})
    refused("ctys cancel " + std::string(bad));
  CHECK(refused("ctys cancel a --method rset").fix == "did you mean 'reset'?");
}

TEST_CASE(
    "options that contradict each other are refused, and so are those the others leave without effect") {
  for (const auto* pair :
       {"create a --wait ssh --no-wait", "start a --wait ssh --no-wait",
        "create a --boot cd:/a.iso --kernel /k", "create a --connect --boot cd:/a.iso",
        "connect a --kernel /k", "resume a --boot pxe", "create a --reuse --reconnect",
        "create a --json --format xml", "cancel --all --user jdoe --all-users", "cancel a --client --force",
        "cancel a --client --delay 3", "cancel a --client --no-wait", "kill a --client", "reboot a --client",

        "cancel --all --self --no-wait", "list --json -X", "list --format machine --columns label",
        "plugins --quick-tab --quick-list"}) {
    const auto error = refused("ctys " + std::string(pair));
    INFO(error.summary);
    CHECK(error.summary.find("exclude each other") != std::string::npos);
    CHECK_FALSE(error.fix.empty());
  }
  for (const auto* line :
       {"start a --geometry 80x24", "start a --escape ^A", "create a --console none --display :0",
        "create a --console cli -g 80x24", "create a --console vnc --escape ^A", "cancel a --all-users",
        "pause a --delay 3", "cancel a --method reset --delay 3", "reboot a --force",
        "cancel a --method init:3 --force", "kill a --delay 3", "stop a --force --delay 3",
        "suspend a --force", "stop a --force --method pause"})
    CHECK(refused("ctys " + std::string(line)).summary.find("has no effect") != std::string::npos);
  accepted("ctys list --json --format json");
  accepted("ctys start a --console xterm -g 80x24");
  accepted("ctys start a --connect");
  accepted("ctys reboot a --delay 3");
}

TEST_CASE("this host is ended by poweroff or reboot, after its machines") {
  CHECK(accepted("ctys cancel --all --self").cancel.self);
  CHECK(accepted("ctys reboot --all --self").cancel.self);
  CHECK(accepted("ctys -a cancel=all,self,reboot").cancel.self);
  for (const auto* line :
       {"ctys suspend --all --self", "ctys cancel a --self --method init:3", "ctys -a cancel=all,self,pause",
        "ctys -a cancel=self,l:a,reset", "ctys -a cancel=all,suspend,self", "ctys -a cancel=self,init:3,all"})
    CHECK(refused(line).summary == "SELF ends this host by POWEROFF or REBOOT only");
  CHECK(refused("ctys cancel a --self --client").summary == "SELF and CLIENT exclude each other");
  CHECK(refused("ctys -a cancel=l:a,client,self").summary == "SELF and CLIENT exclude each other");
  refused("ctys cancel --self");
}

TEST_CASE("isactive and getclientport have JSON and no other form of output") {
  for (const auto* action : {"isactive", "getclientport"}) {
    const std::string line = std::string("ctys ") + action + " web01 ";
    CHECK(accepted(line + "--json").output.format == model::Format::json);
    CHECK(accepted(line + "--format json").output.format == model::Format::json);
    CHECK(refused(line + "--format xml").why == "the words are: json");
    for (const auto* option : {"--columns label", "--filter label:a", "--sort label", "--no-header", "-H",
                               "-X", "--reverse", "--unique"})
      CHECK(refused(line + option).summary.find("unknown option") == 0);
  }
}

TEST_CASE("a deadline leaves some time, and not too much") {
  for (const auto* action : {"create a", "cancel a", "list"}) {
    const std::string line = std::string("ctys ") + action + " --deadline";
    for (const auto* none : {"=0", " 0", " 0ms", " 0h"})
      CHECK(refused(line + none).why == "nothing can be done in no time");
    CHECK(refused(line + "=-5").why == "a time is never negative");
    CHECK(refused(line + " -5").why == "a time is never negative");
    for (const auto* huge : {" 8000000", " 169h", " 99999999999999999999", " 18446744073709551615m"})
      CHECK(refused(line + huge).why == "at most seven days are possible");
    for (const auto* bad : {" ms", "=", " 10x", " 1.5"}) CHECK_FALSE(refused(line + bad).summary.empty());
  }
  CHECK(accepted("ctys cancel a --delay 0").cancel.delay == 0s);
}

TEST_CASE("times have units") {
  CHECK(accepted("ctys list --deadline 10").deadline == 10s);
  CHECK(accepted("ctys list --deadline 10s").deadline == 10s);
  CHECK(accepted("ctys list --deadline 500ms").deadline == 500ms);
  CHECK(accepted("ctys list --deadline=2m").deadline == 2min);
}

TEST_CASE("output is chosen by format, columns, filters and order") {
  const auto list = accepted(
      "ctys list --columns label,state:8 --filter 'type:qemu os:debian*' --filter web --sort label --reverse "
      "--no-header");
  CHECK(list.output.columns ==
        std::vector<model::OutputColumn>{{Field::label, "Label", 0, model::Cut::right},
                                         {Field::state, "State", 8, model::Cut::right}});
  REQUIRE(list.output.filters.size() == 3);
  CHECK(list.output.filters[0].field == Field::type);
  CHECK(list.output.filters[1].pattern == "debian*");
  CHECK_FALSE(list.output.filters[2].field);
  CHECK(list.output.sort.field == Field::label);
  CHECK(list.output.sort.reverse);
  CHECK_FALSE(list.output.header);
  CHECK(accepted("ctys list --format xml").output.format == model::Format::xml);
  CHECK(accepted("ctys ls -a").list.inactive);
  CHECK_FALSE(accepted("ctys ls --server").list.clients);
  CHECK(refused("ctys list --columns lable").fix == "did you mean 'LABEL'?");
  CHECK(refused("ctys list --format jsn").fix == "did you mean 'json'?");
  CHECK(refused("ctys list --json --format xml").summary.find("exclude") != std::string::npos);
  refused("ctys list --filter colour:red");
  for (const auto* word : {"52:54:00:AB:CD:EF", "52:54:00"})
    CHECK_FALSE(accepted("ctys list --filter " + std::string(word)).output.filters[0].field);
  CHECK(refused("ctys list --filter 52:54").fix.ends_with(" mac:*52:54*"));
}

TEST_CASE("attributes are listed, read, set and deleted") {
  using model::AttributeVerb;
  CHECK(accepted("ctys attribute web01 web02").machines.size() == 2);
  const auto get = accepted("ctys attribute get web01 os");
  CHECK(get.attribute.verb == AttributeVerb::get);
  CHECK(get.attribute.key == "OS");
  const auto set = accepted("ctys attribute set web01 OS=a=b");
  CHECK(set.attribute.value == "a=b");
  CHECK(accepted("ctys attribute set web01 OS 'two words'").attribute.value == "two words");
  CHECK(accepted("ctys-attribute delete web01 OS").attribute.verb == AttributeVerb::erase);
  CHECK(accepted("ctys attribute label:list").machines.size() == 1);
  for (const auto* bad : {"", "list", "get", "get web01", "set web01", "set web01 OS", "set web01 OS=a b",
                          "get web01 OS=a", "delete web01 OS x", "set web01 =x"})
    refused("ctys attribute " + std::string(bad));
}

TEST_CASE("unknown words are refused with their neighbours") {
  CHECK(refused("ctys list --jsn").fix == "did you mean '--json'?");
  CHECK(refused("ctys --jsn list").fix == "did you mean '--json'?");
  CHECK(refused("ctys cancl web01").fix == "did you mean 'cancel'?");
  CHECK(refused("ctys create lable:web01").fix == "did you mean 'label'?");
  CHECK(refused("ctys create web01 --ruese").fix == "did you mean '--reuse'?");
  CHECK(refused("ctys list -q").summary.find("'-q'") != std::string::npos);
  CHECK(refused("ctys create web01 --base /x").summary.find("--base") != std::string::npos);
  CHECK(refused("ctys list --deadline").summary == "the option '--deadline' has no value");
  CHECK(refused("ctys list --type xen").why == cli::refusal::kHypervisors);
  CHECK(refused("ctys info lab01").why == cli::refusal::kHostWord);
  CHECK(refused("ctys info lab01").fix ==
        "for another host write: ctys info --on lab01; for a machine: ctys show lab01");
  CHECK(refused("ctys plugins qemu").fix == "for one type write: ctys plugins --type QEMU");
  CHECK(refused("ctys enum vm1").fix == "did you mean 'enumerate'?");
  CHECK(refused("ctys-nosuch x").summary.find("ctys-nosuch") != std::string::npos);
}

TEST_CASE("help, version and completion are words of their own") {
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys help create")).topic == "create");
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys create --help")).topic == "create");
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys start -h")).topic == "create");
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys --help")).topic.empty());
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys help --help")).topic.empty());
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys completion -h")).topic == "completion");
  CHECK(refused("ctys start a --boot cd:disk.iso").why.find("absolute path") != std::string::npos);
  CHECK(refused("ctys start a --kernel /k --initrd k").why.find("absolute path") != std::string::npos);
  CHECK(refused("ctys attribute set a").fix == "write: ctys attribute set web01 OS=Debian");
  CHECK_FALSE(std::get<cli::VersionWanted>(*parsed("ctys --version")).verbose);
  CHECK(std::get<cli::CompletionScriptWanted>(*parsed("ctys completion Bash")).shell == "bash");
  CHECK(std::get<cli::CandidatesWanted>(*parsed("ctys __complete list --fo")).words ==
        std::vector<std::string>{"list", "--fo"});
  CHECK(std::get<cli::CandidatesWanted>(*parsed("ctys __complete macro:nosuch --")).words.size() == 2);
  refused("ctys completion");
  refused("ctys completion tcsh");
  refused("ctys help a b");
}

TEST_CASE("a word behind an option without a value is not taken for one") {
  for (const auto* line :
       {"ctys stop --on= web01", "ctys list --filter= --all", "ctys list --deadline= --plan"})
    CHECK(refused(line).summary.ends_with("has no value"));
  CHECK(accepted("ctys stop --on=lab01 web01").where.targets.size() == 1);
}

TEST_CASE("every shown option of every action is read") {
  for (const auto& action : cli::actions()) {
    for (const auto& option : cli::long_options()) {
      if (!option.actions.has(action.action) || option.id == cli::Opt::help || option.id == cli::Opt::version)
        continue;
      const std::string_view name = option.name;
      std::string value =
          option.choices.empty() ? "1" : std::string(option.choices.substr(0, option.choices.find('|')));
      if (name == "columns" || name == "sort" || name == "filter") value = "host";
      if (action.action == Action::macmap && (name == "columns" || name == "sort")) value = "name";
      if (name == "boot") value = "cd";
      if (name == "kernel" || name == "initrd") value = "/1";
      if (name == "schedule" || name == "cache" || name == "data-cache") value = "off";
      if (name == "type" || name == "load-type") value = "qemu";
      std::vector<std::string> words{std::string(action.name)};
      if (name == "depth") words.emplace_back("tree");
      // What writes has no rows to choose from.
      if (name == "filter" && action.action == Action::distribute) words.emplace_back("--list");
      if (name == "filter" && action.action == Action::import) words.emplace_back("--plan");
      const bool of_jobs = action.action == Action::jobs || action.action == Action::persist;
      if (of_jobs && (name == "columns" || name == "sort" || name == "filter")) value = "state";
      if (of_jobs && name == "done") words.emplace_back("remove");
      if (of_jobs && name == "deadline") words.insert(words.end(), {"wait", "1"});
      const bool all = action.action == Action::cancel && name.starts_with("all");
      if (all && name != "all") words.emplace_back("--all");
      const bool alone = name == "batch" || name == "show";  // take no query
      const bool fills =
          action.action == Action::macmap && (name == "from" || name == "replace" || name == "print" ||
                                              name == "deadline" || option.id == cli::Opt::plan);
      if (fills) words.insert(words.end(), {"--from", "libvirt"});
      if (action.operands != cli::Operands::none && !all && !alone && !fills && !of_jobs)
        words.emplace_back("web01");
      words.push_back("--" + std::string(name));
      if (!option.value.empty()) words.push_back(value);
      if (name == "remote") words.emplace_back("--runtime");
      const bool searches = action.action == Action::vhost || action.action == Action::find;
      if (searches && name == "deadline") words.insert(words.end(), {"--reachable", "ssh"});
      const bool pings = action.action == Action::vping;
      if (pings && (name == "via" || name == "threads" || name.starts_with("ssh-"))) words.emplace_back("-s");
      if (pings && (name == "names" || name == "addresses")) words.emplace_back("-X");
      if (!pings && (name == "via" || name == "no-copy" || name.starts_with("persist")))
        words.insert(words.end(), {"--on", "lab01"});
      if (name == "chain") words.insert(words.end(), {"--on", "lab01", "--via", "gw1"});
      if (action.action == Action::create && (name == "initrd" || name == "append"))
        words.insert(words.end(), {"--kernel", "/k"});
      const auto command = cli::parse("ctys", words);
      INFO(action.name << " --" << name);
      INFO((command ? std::string() : command.error().summary + " / " + command.error().why));
      CHECK(command.has_value() == option.refused.empty());
    }
  }
}
