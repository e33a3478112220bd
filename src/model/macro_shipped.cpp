// The macros that are there without a file: one for each column, and ready lists made of them.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A file that defines a name wins. Prefixes: l of LIST, e of ENUMERATE, v of ctys-vhost; columns that LIST
// numbers otherwise than the inventory begin with F_L_.
#include "model/macro.hpp"

#include <array>

namespace ctys::model {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array kShipped{
    Row{"F_PM", "1_PM_15"},
    Row{"F_STYPE", "2_STYPE_8"},
    Row{"F_LABEL", "3_LABEL_10"},
    Row{"F_ID", "4_ID_25_L"},
    Row{"F_UUID", "5_UUID_32"},
    Row{"F_MAC", "6_MAC_18"},
    Row{"F_TCP", "7_TCP_15"},
    Row{"F_DISP", "8_DISP_4"},
    Row{"F_CPORT", "9_CPORT_5_L"},
    Row{"F_SPORT", "10_SPORT_5_L"},
    Row{"F_VNCBASE", "11_VNCBASE_7"},
    Row{"F_DIST", "12_DIST_12"},
    Row{"F_DISTREL", "13_DISTREL_15"},
    Row{"F_OS", "14_OS_10"},
    Row{"F_OSREL", "15_OSREL_10"},
    Row{"F_VERNO", "16_VERNO_9"},
    Row{"F_SERNO", "17_SERNO_14"},
    Row{"F_CATEGORY", "18_CATEGORY_8"},
    Row{"F_VMSTATE", "19_VMSTATE_9"},
    Row{"F_HYPERREL", "20_HYPERREL_15"},
    Row{"F_STACKCAP", "21_STACKCAP_15_B"},
    Row{"F_STACKREQ", "22_STACKREQ_15_B"},
    Row{"F_HWCAP", "23_HWCAP_60_B"},
    Row{"F_HWREQ", "24_HWREQ_25_B"},
    Row{"F_EXECLOC", "25_EXECLOC_15"},
    Row{"F_RELOCCAP", "26_RELOCCAP_8"},
    Row{"F_SSHPORT", "27_SSHPORT_5"},
    Row{"F_NETNAME", "28_NETNAME_16"},
    Row{"F_HYRREL", "29_HYRREL_5"},
    Row{"F_ACCEL", "30_ACCEL_5"},
    Row{"F_EXEP", "31_EXEP_20"},
    Row{"F_INDEX", "32_INDEX_5"},
    Row{"F_IFNAME", "33_IFNAME_7"},
    Row{"F_CTYSREL", "34_CTYSREL_10"},
    Row{"F_NETMASK", "35_NETMASK_15"},
    Row{"F_GATEWAY", "36_GATEWAY_15"},
    Row{"F_RELAY", "37_RELAY_15"},
    Row{"F_ARCH", "38_ARCH_7"},
    Row{"F_PLATFORM", "39_PLATFORM_10"},
    Row{"F_VRAM", "40_VRAM_13"},
    Row{"F_VCPU", "41_VCPU_5"},
    Row{"F_CSTRG", "42_CSTRG_20_B"},
    Row{"F_USTRG", "43_USTRG_20_B"},
    Row{"F_UID", "44_UID_10"},
    Row{"F_GID", "45_GID_10"},
    Row{"F_L_PID", "11_PID_5"},
    Row{"F_L_UID", "12_UID_8"},
    Row{"F_L_GID", "13_GID_8"},
    Row{"F_L_CST", "14_CST_1"},
    Row{"F_L_JOBID", "15_JOBID_30"},
    Row{"F_L_IFNAME", "16_IFNAME_4"},
    Row{"F_L_RESERVED1", "17_RESERVED1_4"},
    Row{"F_L_CONTEXTSTRG", "18_CONTEXTSTRG_20"},
    Row{"F_L_EXECPATH", "19_EXECPATH_20"},
    Row{"F_L_HYPERRELRUN", "20_HYPERRELRUN_10"},
    Row{"F_L_ACCELERATOR", "21_ACCELERATOR_5"},
    Row{"F_L_ARCH", "22_ARCH_5"},
    Row{"DAT_CTYS_VHOST_DEFAULT",
        "{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_ACCEL}%%{MACRO:F_DIST}%%{MACRO:F_DISTREL}%%{MACRO:F_OS}%%"
        "{MACRO:F_OSREL}%%{MACRO:F_PM}%%{MACRO:F_IFNAME}%%{MACRO:F_TCP}"},
    Row{"TAB_CTYS_VHOST_DEFAULT", "tab_gen:{MACRO:DAT_CTYS_VHOST_DEFAULT}"},
    Row{"REC_CTYS_VHOST_DEFAULT", "rec_gen:{MACRO:DAT_CTYS_VHOST_DEFAULT}"},
    Row{"SPEC_CTYS_VHOST_DEFAULT", "spec_gen:{MACRO:DAT_CTYS_VHOST_DEFAULT}"},
    Row{"XML_CTYS_VHOST_DEFAULT", "xml_gen:{MACRO:DAT_CTYS_VHOST_DEFAULT}"},
    Row{"ldefault",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_ACCELERATOR}%%{MACRO:F_L_ARCH}%%{MACRO:F_"
        "PM}%%{MACRO:F_L_IFNAME}%%{MACRO:F_TCP}"},
    Row{"listdefault", "{MACRO:ldefault}"},
    Row{"edefault", "-a enumerate={MACRO:TAB_CTYS_VHOST_DEFAULT}"},
    Row{"enumdefault", "{MACRO:edefault}"},
    Row{"vdefault", "-o {MACRO:TAB_CTYS_VHOST_DEFAULT}"},
    Row{"vhostdefault", "{MACRO:vdefault}"},
    Row{"erecdefault", "-a enumerate={MACRO:REC_CTYS_VHOST_DEFAULT}"},
    Row{"enumrecdefault", "{MACRO:erecdefault}"},
    Row{"especdefault", "-a enumerate={MACRO:SPEC_CTYS_VHOST_DEFAULT}"},
    Row{"enumspecdefault", "{MACRO:especdefault}"},
    Row{"exmldefault", "-a enumerate={MACRO:XML_CTYS_VHOST_DEFAULT}"},
    Row{"enumxmldefault", "{MACRO:exmldefault}"},
    Row{"ehyper",
        "-a "
        "enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_ACCEL}%%{MACRO:F_HYPERREL}%%{MACRO:F_"
        "HYRREL}%%{MACRO:F_EXEP}%%{MACRO:F_PM}"},
    Row{"enumhyper", "{MACRO:ehyper}"},
    Row{"vhyper",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_ACCEL}%%{MACRO:F_HYPERREL}%%{MACRO:F_HYRREL}%%{"
        "MACRO:F_EXEP}%%{MACRO:F_PM}"},
    Row{"vhosthyper", "{MACRO:vhyper}"},
    Row{"estack",
        "-a "
        "enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_STACKCAP}%%{MACRO:F_STACKREQ}%%{MACRO:"
        "F_PM}"},
    Row{"enumstack", "{MACRO:estack}"},
    Row{"vstack",
        "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_STACKCAP}%%{MACRO:F_STACKREQ}%%{MACRO:F_PM}"},
    Row{"vhoststack", "{MACRO:vstack}"},
    Row{"vstack1",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_HYPERREL}%%{MACRO:F_STACKCAP}%%{MACRO:F_STACKREQ}"
        "%%{MACRO:F_PM}%%{MACRO:F_TCP}"},
    Row{"vstackcap", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_STACKCAP}%%{MACRO:F_PM}"},
    Row{"vstackreq", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_STACKREQ}%%{MACRO:F_PM}"},
    Row{"ehw", "-a enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_HWCAP}%%{MACRO:F_HWREQ}"},
    Row{"enumhw", "{MACRO:ehw}"},
    Row{"vhw", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_HWCAP}%%{MACRO:F_HWREQ}"},
    Row{"vhosthw", "{MACRO:vhw}"},
    Row{"vhw1",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_ARCH}%%{MACRO:F_PLATFORM}%%{MACRO:F_VRAM}%%{MACRO:F_VCPU}%%{MACRO:"
        "F_HWCAP}"},
    Row{"vhwcap", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_HWCAP}"},
    Row{"vhwreq", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_HWREQ}"},
    Row{"connpid",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_CST}%%{MACRO:F_L_PID}%%{MACRO:F_DISP}%%{"
        "MACRO:F_CPORT}%%{MACRO:F_SPORT}%%{MACRO:F_PM}"},
    Row{"listconnpid", "{MACRO:connpid}"},
    Row{"lconn",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_CST}%%{MACRO:F_L_UID}%%{MACRO:F_L_GID}%%{"
        "MACRO:F_DISP}%%{MACRO:F_CPORT}%%{MACRO:F_SPORT}%%{MACRO:F_PM}%%{MACRO:F_TCP}"},
    Row{"conn", "{MACRO:lconn}"},
    Row{"listconn", "{MACRO:lconn}"},
    Row{"econn",
        "-a "
        "enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_DISP}%%{MACRO:F_CPORT}%%{MACRO:F_SPORT}"
        "%%{MACRO:F_PM}%%{MACRO:F_TCP}"},
    Row{"enumconn", "{MACRO:econn}"},
    Row{"vconn",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_DISP}%%{MACRO:F_CPORT}%%{MACRO:F_SPORT}%%{MACRO:"
        "F_PM}%%{MACRO:F_TCP}"},
    Row{"vhostconn", "{MACRO:vconn}"},
    Row{"lif",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_IFNAME}%%{MACRO:F_MAC}%%{MACRO:F_TCP}%%{"
        "MACRO:F_PM}"},
    Row{"interfaces", "{MACRO:lif}"},
    Row{"listif", "{MACRO:lif}"},
    Row{"eif",
        "-a "
        "enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_IFNAME}%%{MACRO:F_MAC}%%{MACRO:F_TCP}%%"
        "{MACRO:F_NETMASK}%%{MACRO:F_GATEWAY}%%{MACRO:F_RELAY}"},
    Row{"enumif", "{MACRO:eif}"},
    Row{"vif",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_IFNAME}%%{MACRO:F_MAC}%%{MACRO:F_TCP}%%{MACRO:F_"
        "NETMASK}%%{MACRO:F_GATEWAY}%%{MACRO:F_RELAY}"},
    Row{"vhostif", "{MACRO:vif}"},
    Row{"lconf",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_ARCH}%%{MACRO:F_L_ACCELERATOR}%%{MACRO:F_"
        "ID}"},
    Row{"conf", "{MACRO:lconf}"},
    Row{"listconf", "{MACRO:lconf}"},
    Row{"econf",
        "-a "
        "enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_DIST}%%{MACRO:F_DISTREL}%%{MACRO:F_OS}%"
        "%{MACRO:F_OSREL}%%{MACRO:F_ARCH}%%{MACRO:F_PLATFORM}%%{MACRO:F_VRAM}%%{MACRO:F_VCPU}"},
    Row{"enumconf", "{MACRO:econf}"},
    Row{"vconf",
        "-o "
        "tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_DIST}%%{MACRO:F_DISTREL}%%{MACRO:F_OS}%%{MACRO:F_"
        "OSREL}%%{MACRO:F_ARCH}%%{MACRO:F_PLATFORM}%%{MACRO:F_VRAM}%%{MACRO:F_VCPU}"},
    Row{"vhostconf", "{MACRO:vconf}"},
    Row{"lid", "-a list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_UUID}%%{MACRO:F_ID}"},
    Row{"id", "{MACRO:lid}"},
    Row{"listid", "{MACRO:lid}"},
    Row{"eid", "-a enumerate=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_UUID}%%{MACRO:F_ID}"},
    Row{"enumid", "{MACRO:eid}"},
    Row{"vid", "-o tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_UUID}%%{MACRO:F_ID}"},
    Row{"vhostid", "{MACRO:vid}"},
    Row{"jobs",
        "-a "
        "list=tab_gen:{MACRO:F_LABEL}%%{MACRO:F_STYPE}%%{MACRO:F_L_CST}%%{MACRO:F_L_UID}%%{MACRO:F_L_JOBID}"},
    Row{"listjobs", "{MACRO:jobs}"},
};

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> shipped_macros() {
  return kShipped;
}

}  // namespace ctys::model
