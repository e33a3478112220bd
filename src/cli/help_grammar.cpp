// Help topics about the two grammars: addresses, the classic options, macros, completion.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/help_texts.hpp"
#include "model/address.hpp"

#include <algorithm>

namespace ctys::cli::help_text {
namespace {

// "LABEL|L" as people write it: "label, l".
std::string lower_words(std::string_view words) {
  std::string out;
  for (const auto word : text::split(words, '|')) out += (out.empty() ? "" : ", ") + text::lower(word);
  return out;
}

}  // namespace

Document addresses() {
  Document document;
  document.emplace_back(Paragraph{
      "An address is one word, or several KEY:VALUE pairs with commas between them that must all hold. "
      "Keys may be written in upper or lower case."});
  document.emplace_back(
      Example{{"ctys list web01", "ctys stop label:web01,uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
               "ctys open mac:52:54:00:12:34:56", "ctys create id:/vm/tst100/tst100.ctys"}});
  document.emplace_back(Paragraph{
      "A word alone is a label. When no machine has that label it is the hypervisor's name for a machine, "
      "else a UUID, else a MAC address, else a guest address, else a path. A machine without a label has "
      "its name as label."});
  Entries keys;
  for (const auto& key : model::address_keys())
    if (key.refused.empty())
      keys.list.push_back({lower_words(key.words) + ":" + std::string(key.value), std::string(key.help)});
  document.emplace_back(Heading{"Keys"});
  document.emplace_back(std::move(keys));
  document.emplace_back(Paragraph{
      "A comma in a value is written twice or with a backslash in front (,, or \\,), a colon likewise; a "
      "percent sign behind a key is written twice, in a word alone once. MAC addresses, IPv6 addresses and "
      "paths keep their colons."});
  document.emplace_back(
      Paragraph{"HOST[KEYS] is a machine on that host, as ctys vhost -o ctysaddress writes it: "
                "'lab01[l:web01]' is l:web01 "
                "with --on lab01, or without it where lab01 is this host."});
  document.emplace_back(Paragraph{
      "Actions that change something (create, cancel, attribute set and delete) need an address that means "
      "exactly one machine. If several fit, ctys shows them, does nothing, and ends with status 5; if none "
      "does, with status 6."});
  return document;
}

Document classic() {
  Document document;
  document.emplace_back(
      Example{{"ctys [-t TYPE] -a ACTION[=SUBOPTION[,SUBOPTION]...] [OPTION]...",
               "ctys -t QEMU -a create=l:web01,reuse", "ctys -t QEMU -a cancel=l:web01,poweroff:30",
               "ctys -a list=machine,title"}});
  document.emplace_back(Paragraph{
      "The grammar of existing scripts and menu entries: options of one letter, and an action whose "
      "suboptions follow '='. A suboption is KEY or KEY:ARGUMENT[%ARGUMENT]. Keys and actions may be written "
      "in upper or lower case; of several equal suboptions the last holds. Address keys (ctys help "
      "addresses) and suboptions stand in any order. All keys are about one machine, which has one value of "
      "each; CANCEL, LIST, ENUMERATE and SHOW take several machines where a key is repeated: "
      "-a cancel=l:web01,l:web02."});
  Entries options;
  for (const auto& option : classic_options())
    if (shown(option))
      options.list.push_back(
          {std::string("-") + option.letter + (option.value.empty() ? "" : " ") + std::string(option.value),
           std::string(option.help)});
  document.emplace_back(Heading{"Options"});
  document.emplace_back(std::move(options));
  Entries forms;
  for (const auto& action : actions())
    if (!action.classic.empty())
      forms.list.push_back({"-a " + text::lower(action.classic),
                            std::string(action.summary) + ": ctys help " + std::string(action.name)});
  document.emplace_back(Heading{"Actions"});
  document.emplace_back(std::move(forms));
  document.emplace_back(Heading{"Characters"});
  document.emplace_back(Entries{{
      {"=", "between action and suboptions"},
      {",", "between suboptions; as part of a value ,, or \\,"},
      {":", "between key and argument; as part of a value :: or \\:"},
      {"%", "between arguments, and a blank inside free text; as itself %%"},
      {"%%", "between the columns of a table"},
      {"_", "between field, title, width and cut of a column"},
      {"( )", "options of one target; they need quotes in a shell"},
      {"{ }", "around a macro; they need quotes in a shell"},
  }});
  document.emplace_back(Paragraph{
      "Hosts behind the options are asked by SSH: ctys -a list -l root lab01 lab02. A word that is no host "
      "is "
      "the group of that name; @NAME is the group in any case. Options in parentheses hold for the target in "
      "front of them alone, with --compat in front of all options for those behind it as well; in front of "
      "the first target they hold for all."});
  document.emplace_back(Paragraph{
      "Options of the original that belong to what ctys cannot do so far, stacks and desktops among them, "
      "are "
      "recognised and refused with a sentence that says so, status 2. Nothing is passed over in silence."});
  return document;
}

Document macros() {
  Document document;
  document.emplace_back(Paragraph{
      "A macro is a piece of a command line that is kept in a file under a name. ctys replaces macros before "
      "anything else, in every argument, also inside of other macros."});
  document.emplace_back(
      Example{{"ctys macro:web", "ctys -a create={macro:web},reuse", "ctys 'macro:nightly%lab'"}});
  document.emplace_back(Heading{"Forms"});
  document.emplace_back(Entries{{
      {"MACRO:NAME", "the text of NAME; the name ends with the argument"},
      {"{MACRO:NAME}", "the same, with text of the argument around it"},
      {"MACRO:NAME%FILE", "from this file instead of the default one"},
      {"MACRO:NAME%ECHO", "insert the text, the default"},
      {"MACRO:NAME%EVAL", "run the text as a shell command, 10 seconds at most, and insert its output"},
      {"MACRO:NAME%OPTIONAL", "insert nothing if there is no such macro"},
  }});
  document.emplace_back(Paragraph{
      "The word MACRO may be written in upper or lower case, names are taken as they are. A macro that is "
      "missing, or defined twice in one file, is an error. Text of a file that others than you and root can "
      "write, or whose folder they can write, is not run by EVAL: such a line is refused with status 5."});
  document.emplace_back(Heading{"Files"});
  document.emplace_back(Example{{"# a comment", "web = -t QEMU -a create=l:web01,reuse",
                                 "columns = 1_PM_15%%3_LABEL\\", "  %%7_TCP_15"}});
  document.emplace_back(
      Paragraph{"One macro a line, NAME = TEXT; a backslash at the end of a line continues it with the "
                "next one, whose leading blanks are dropped. The default "
                "file is the one "
                "$CTYS_MACRO_DB names, otherwise the file default; it and files named without a leading / "
                "are looked for in "
                "the folders of $CTYS_MACRO_PATH, or in ~/.ctys/macros and ~/.config/ctys/macros."});
  return document;
}

Document completion() {
  Document document;
  document.emplace_back(Paragraph{
      "ctys completion SHELL prints a script that teaches a shell to complete actions, options, suboptions, "
      "columns, "
      "types, topics and the labels of machines. Put one of these lines into the shell's start-up file:"});
  document.emplace_back(Entries{{
      {"bash, ~/.bashrc", "eval \"$(ctys completion bash)\""},
      {"zsh, ~/.zshrc, after compinit", "eval \"$(ctys completion zsh)\""},
      {"fish, config.fish", "ctys completion fish | source"},
  }});
  document.emplace_back(Paragraph{
      "Labels come from a file that ctys list and ctys enumerate write, ctys/labels below $XDG_CACHE_HOME or "
      "~/.cache. Completion never asks a hypervisor: a machine made since then appears after the next "
      "list."});
  return document;
}

}  // namespace ctys::cli::help_text
