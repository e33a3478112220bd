// The command lines that existing scripts and menu entries use: each is accepted as it was meant, or refused
// by the sentence that names the capability it needs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

#include <array>

using namespace ctys;
using namespace ctys::tests;
using model::Action;
using model::Pair;

namespace {

struct RefusedLine {
  std::string_view line;
  std::string_view sentence;
};

constexpr std::array kRefused{
    // login sessions
    RefusedLine{"ctys -t CLI -a create=l:test", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=l:test localhost", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=l:test lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=l:test,cmd:uname%-a lab00 lab01", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=l:test,cmd:uname%-a -b 1 lab00 lab01", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=cmd:uname%-a host1 group1 host2 group2", cli::refusal::kSessions},
    RefusedLine{"ctys -t CLI -a create=l:x dir0/subdir1/subdir2/group-file", cli::refusal::kSessions},
    RefusedLine{"ctys -t cli -a create=l:hop0,cmd:ctys%-t%cli%-a%create=l:hop1,,cmd:xterm%lab00 lab01",
                cli::refusal::kSessions},
    RefusedLine{"ctys -t cli -a create=l:tstcall,s:tcsh%-c,cmd:xterm%-e%tcsh -b 1 lab00",
                cli::refusal::kSessions},
    // VNC desktops
    RefusedLine{"ctys -t vnc -a create=l:tst1 -L DF lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t vnc -a create=l:tst -L CF lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t vnc -a create=bulk:3,l:tst lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t vnc -a cancel=l:tst000,l:tst001,l:tst002 app2", cli::refusal::kSessions},
    RefusedLine{"ctys -t vnc -a cancel=i:2,i:3,i:4 app2", cli::refusal::kSessions},
    RefusedLine{"ctys -t vnc -a cancel=all app2", cli::refusal::kSessions},
    // X11
    RefusedLine{"ctys -t x11 -a create=l:tstx11,console:gterm lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t x11 -a create=l:tstx11,console:xterm lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t x11 -a create=l:tstx11,cmd:xterm,c:bash%-i,sh lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t x11 -a create=l:tstx11,console:emacs,cd:/var/tmp app1", cli::refusal::kSessions},
    RefusedLine{"ctys -t x11 -a create=l:tstx11,cmd:xclock,titlekey:name,sh lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t x11 -a create=l:tstx11,cmd:xclock,notitle lab00", cli::refusal::kSessions},
    RefusedLine{"ctys -t X11 -A on -a create=l:myApp,console:xterm -g 10x100+10+100",
                cli::refusal::kSessions},
    // RDP
    RefusedLine{"ctys -t RDP -a create=l:tst1,RDPPORT:3389", cli::refusal::kSessions},
    RefusedLine{"ctys -t RDP -a create=l:tst1,RDPPORT:3389 user@host", cli::refusal::kSessions},
    RefusedLine{"ctys -t RDP -a create=l:tst1,RDPPORT:3389,INSECURE:lab02 lab05", cli::refusal::kSessions},
    // other hypervisors
    RefusedLine{"ctys -t VBOX -a create=l:myApp,reconnect -g 10x100+10+100", cli::refusal::kHypervisors},
    RefusedLine{"ctys -t VMW -a create=l:myApp,reconnect -g 10x100+10+100", cli::refusal::kHypervisors},
    RefusedLine{"ctys -t XEN -a create=l:myApp,reconnect -g 10x100+10+100", cli::refusal::kHypervisors},
    RefusedLine{"ctys -t RDP -a create=l:myApp,reconnect -g 10x100+10+100", cli::refusal::kSessions},
    RefusedLine{"ctys -t VNC -a create=l:myApp,reconnect -g 10x100+10+100", cli::refusal::kSessions},
    // desktops from groups
    RefusedLine{"ctys root@lab02'(-a create=l:LAB02,reuse -c local -g 1268x992:A11:ALL -b 1,2)'",
                cli::refusal::kDesktop},
    RefusedLine{"ctys -a info -W delphi", cli::refusal::kDesktop},
    // companions
    RefusedLine{"ctys-vdbgen --replace --base=/mntn/vmpool --cacheDB=/tmp/db -- '(-Z sudo)' group",
                cli::refusal::kPrivileges},
    RefusedLine{"ctys-plugins -T all -E --quick-tab lab01 lab02", cli::refusal::kHostWord},
    RefusedLine{"ctys-beamer -R app1%netscan/all -- ctys-vping targethost", cli::refusal::kRemote},
    // physical machines
    RefusedLine{"ctys -t pm -a create=l:host1,wol,console:none relay", cli::refusal::kMachines},
    RefusedLine{"ctys -t pm -a cancel=self,poweroff host1", cli::refusal::kMachines},
    RefusedLine{"ctys -t pm -a cancel=poweroff,self,wol,if:eth0 host1", cli::refusal::kMachines},
    // stacks in the line
    RefusedLine{"ctys -b stack VMSTACK'{ pmhost'(-t PM -a create=l:pmhost,wol)' "
                "user@pmhost'(-t XEN -a create=l:vm1,console:none,reuse)' user@vm1'(-t QEMU -a "
                "create=l:vm2,console:none)' }'",
                cli::refusal::kStacks},
    RefusedLine{"ctys 'VMSTACK(-k REUSE:1){a b}'", cli::refusal::kStacks},
    RefusedLine{"ctys -a list 'pm1[vm1][vm2](-d 1)'", cli::refusal::kStacks},
};

}  // namespace

TEST_CASE("known lines that need a later capability are refused by its name") {
  for (const auto& [line, sentence] : kRefused) {
    INFO(line);
    CHECK(refused(line).why == sentence);
  }
}

TEST_CASE("known lines of today's capability are accepted as they were meant") {
  const auto created = accepted("ctys -a create=l:test");  // the type is found by the label
  CHECK(created.action == Action::create);
  CHECK(created.types.empty());
  REQUIRE(created.machines.size() == 1);
  CHECK(created.machines[0].keys == std::vector<Pair>{{"LABEL", "test"}});
  for (const auto* width : {"10", "20", "30"}) {
    const std::string geometry = std::string(width) + "x100+" + width + "+100";
    const auto request = accepted("ctys -t QEMU -a create=l:myApp,reconnect -g " + geometry);
    CHECK(request.types == std::vector<std::string>{"QEMU"});
    CHECK(request.create.mode == model::CreateMode::reconnect);
    CHECK(request.geometry == geometry);
    CHECK(request.machines[0].keys == std::vector<Pair>{{"LABEL", "myApp"}});
  }
  CHECK(accepted("ctys -a list").action == Action::list);
  CHECK(accepted("ctys -a list localhost").scope.all);
  const auto table = accepted("ctys -a list=tab_tcp,id localhost");
  CHECK(table.output.format == model::Format::tab_tcp);
  CHECK(table.output.columns == std::vector<model::OutputColumn>{{Field::id, {}, 0, model::Cut::right}});
  CHECK(accepted("ctys -a info").action == Action::info);
  CHECK(accepted("ctys -a show").action == Action::show);
  const auto plugins = accepted("ctys-plugins -T all -E --quick-tab");
  CHECK(plugins.action == Action::plugins);
  CHECK(plugins.types.empty());
  CHECK(plugins.output.format == model::Format::table);
  const auto hosts = accepted("ctys -a list=tab_tcp,id ws2 lab00 lab01").where.targets;
  REQUIRE(hosts.size() == 3);
  CHECK(hosts[2].name == "lab01");
  CHECK(accepted("ctys -a show ws2").where.targets.at(0).host == "ws2");
  CHECK(accepted("ctys-vdbgen --append -- lab01").where.targets.at(0).host == "lab01");
  CHECK(accepted("ctys -a list SUBTASK{a b c}").where.targets.size() == 3);
  CHECK(accepted("ctys -a list 'SUBGROUP{a b c}'").where.targets.size() == 3);
  const auto list = accepted("ctys {macro:lconn}");
  CHECK(list.output.format == model::Format::tab_gen);
  CHECK(list.output.columns.size() == 10);
}
