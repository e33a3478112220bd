// Help topics about what lies around ctys: environment, files, attributes of machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_attributes.hpp"
#include "cli/help_texts.hpp"

namespace ctys::cli::help_text {

Document environment() {
  Document document;
  document.emplace_back(Heading{"Variables"});
  document.emplace_back(Entries{{
      {"LIBVIRT_DEFAULT_URI",
       "the libvirt connection to use: qemu:///system, qemu:///session, test:///default; unset: "
       "the system's and the user's own"},
      {"CTYS_SSH_CONFIG", "the SSH configuration for other hosts, in place of your own (ssh -F)"},
      {"CTYS_PERSIST", "--persist for every call: a time as 10m, at most seven days; 0 for none"},
      {"CTYS_PLUGIN_PATH",
       "folders with plugins, ':' between them, searched before the others; a file that cannot be used is "
       "passed over, 'ctys plugins' shows it"},
      {"CTYS_GROUPS_PATH", "folders with groups, ':' between them"},
      {"CTYS_MACRO_DB", "the default macro file"},
      {"CTYS_MACRO_PATH", "folders with macro files, ':' between them"},
      {"DEFAULT_ENUM_BASE", "folders where enumerate looks for machine files, blanks between them"},
      {"DEFAULT_DBPATHLST", "directories of the inventory, ':' between them"},
      {"DEFAULT_VDBGEN_DB", "the folder vdbgen writes to; the first of DEFAULT_DBPATHLST otherwise"},
      {"CTYS_VDBGEN_PARTARGETS", "how many workers of vdbgen ask at the same time, 10 otherwise"},
      {"HOME", "your folder; unset or empty, the one of the password file"},
      {"DISPLAY", "X display for viewers and terminal windows"},
      {"NO_COLOR", "set to anything: no colours"},
      {"TERM, COLUMNS", "what the terminal can do, and its width"},
      {"XDG_CONFIG_HOME, XDG_CACHE_HOME",
       "where your configuration and caches are, ~/.config and ~/.cache otherwise"},
      {"XDG_DATA_HOME", "where the inventory is, ~/.local/share otherwise"},
      {"XDG_STATE_HOME", "where jobs in the background are kept, ~/.local/state otherwise"},
      {"XDG_RUNTIME_DIR", "where the list of opened viewers and consoles is kept"},
  }});
  return document;
}

Document files() {
  Document document;
  document.emplace_back(Heading{"Files"});
  document.emplace_back(Entries{{
      {"PREFIX/lib/ctys/plugins/*.so", "plugins, one for each session type"},
      {"~/.ctys/macros/default", "macros, see ctys help macros; also ~/.config/ctys/macros/default"},
      {"~/.ctys/db/default/enum.fdb",
       "the inventory, one record a line; where ~/.ctys/db/default does not exist, ctys/db/default below "
       "$XDG_DATA_HOME"},
      {"~/.ctys/groups/", "groups of hosts, see ctys help targets; also ~/.config/ctys/groups/"},
      {"*.ctys", "a machine file: #@# keys and variables, see ctys help attributes"},
      {"*.xml", "a libvirt domain, as virsh dumpxml prints it"},
      {"macmap.fdb", "beside it: names, MAC and network addresses, see ctys help macmap"},
      {"~/.cache/ctys/labels", "labels for completion, one a line; may be deleted at any time"},
      {"~/.cache/ctys/lists/", "labels of each large inventory, for completion; may be deleted at any time"},
      {"~/.cache/ctys/index/",
       "indexes of inventories in whose folder none can be written, enum.fdb.index beside the others; may be "
       "deleted at any time"},
      {"~/.cache/ctys/ssh-answers",
       "what ssh -G said about hosts, used as long as the files it read are the same; may be deleted at any "
       "time"},
      {"~/.cache/ctys/ID/",
       "on a host that another ctys has asked: a copy of it; may be deleted at any time"},
      {"~/.local/state/ctys/jobs/", "jobs in the background and what they printed, see ctys help jobs"},
      {"$XDG_RUNTIME_DIR/ctys/",
       "viewers and consoles that ctys opened, believed only while they live; sockets of viewers that are "
       "about "
       "to connect; locks of those who are replacing them"},
  }});
  document.emplace_back(Paragraph{
      "What runs is asked of the hypervisors, each time anew; the inventory is text that you may read and "
      "edit. The "
      "attributes of a libvirt domain stand in the domain's metadata, where virsh edit shows them."});
  return document;
}

Document attributes() {
  Document document;
  document.emplace_back(Paragraph{
      "Attributes are kept in the metadata of a libvirt domain, or in a machine file as lines of the form "
      "#@#KEY = \"value\". ctys attribute shows and changes them, list and enumerate show them as columns."});
  document.emplace_back(Example{{"ctys attribute set web01 LABEL=shop", "ctys attribute list shop"}});
  Entries keys;
  for (const auto& attribute : cli::attributes())
    keys.list.push_back(
        {std::string(attribute.key) + (attribute.numbered ? "<n>" : ""), std::string(attribute.text)});
  document.emplace_back(Heading{"Keys"});
  document.emplace_back(std::move(keys));
  document.emplace_back(Paragraph{
      "<n> is the number of a network interface, from 0; without number it is the first. Values hold no "
      "';'. Lists have commas between their members and '%' between the parts of a member."});
  return document;
}

}  // namespace ctys::cli::help_text
