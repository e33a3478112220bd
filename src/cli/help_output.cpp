// Help topics about what comes out: formats, filters, exit statuses.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/help_texts.hpp"
#include "model/schema.hpp"

#include <array>

namespace ctys::cli {
namespace {

constexpr std::array kExits{
    ExitText{Exit::ok, "all of it done"},
    ExitText{Exit::failed, "at least one machine failed"},
    ExitText{Exit::usage, "the command line, or a file it names, is wrong: nothing was started"},
    ExitText{Exit::unreachable,
             "a host or a hypervisor could not be reached or logged in to; the rest is done"},
    ExitText{Exit::deadline, "the deadline was reached; what was achieved by then is said"},
    ExitText{Exit::refused, "refused, because it is ambiguous or not safe: nothing was started"},
    ExitText{Exit::nothing, "nothing matched"},
    ExitText{Exit::no_database, "vhost, find and macmap: a database directory is missing, or enum.fdb in it"},
    ExitText{Exit::no_macmap, "macmap and vhost -C macmaponly: macmap.fdb is missing"},
    ExitText{Exit::not_unique, "vhost -M unique: more than one record was found"},
    ExitText{Exit::defect, "a defect of ctys; please report it"},
};

}  // namespace

std::span<const ExitText> exit_texts() {
  return kExits;
}

namespace help_text {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kFormatTexts{{
    {"table", "columns that fit the terminal; the default on a terminal"},
    {"tab_tcp",
     "the table of hosts and guests with fixed widths; the default of list elsewhere, where its columns "
     "are as wide as what stands in them needs"},
    {"tab_gen", "a table of the columns you name, ten wide each unless you say otherwise"},
    {"rec", "records in braces, one {title,number,value} a line"},
    {"spec", "records in braces, one numbered value a line"},
    {"xml", "XML, a record element for each"},
    {"terse", "the columns chosen, separated by ';', one record a line; the default of enumerate elsewhere"},
    {"machine", "all numbered fields, separated by ';', one record a line"},
    {"json", "an array with an object for each record; failures are objects with \"error\""},
}};

std::string names_of(std::span<const model::ColumnName> columns) {
  std::string names;
  for (const auto& column : columns)
    if (!column.keywords.empty())
      names += (names.empty() ? "" : " ") + text::lower(long_form(column.keywords));
  return names;
}

}  // namespace

Document formats() {
  Document document;
  document.emplace_back(
      Paragraph{"--format FORMAT chooses the form of the output; --json is short for --format json."});
  Entries formats;
  for (const auto& [name, text] : kFormatTexts)
    formats.list.push_back({std::string(name), std::string(text)});
  document.emplace_back(Heading{"Formats"});
  document.emplace_back(std::move(formats));
  document.emplace_back(Paragraph{
      "Names in JSON and XML are the titles of the fields. Every object or record has all numbered fields, "
      "22 "
      "in list and 47 in enumerate, with an empty text where nothing is known, or the columns that you name; "
      "JSON adds the other fields that are known. Text that comes from machines is escaped wherever "
      "a terminal shows it: control characters appear as \\x1b and the like. In terse and machine a ';' "
      "inside a value is written as ','."});
  document.emplace_back(Heading{"Classic suboptions"});
  document.emplace_back(Entries{{
      {"TAB_GEN:1_PM_15%%4_ID_25_L",
       "columns by field number, each FIELD[_TITLE[_WIDTH[_CUT]]]; a width of 0 is 10; CUT is L to keep the "
       "right end of a value that is too long, B to go on in further lines"},
      {"TAB_TCP:18%%17", "the widths of the first columns"},
      {"TITLE, TITLEIDX, TITLEIDXASC", "titles; with field numbers; with spreadsheet letters"},
      {"-X", "the same as TERSE"},
  }});
  return document;
}

Document filters() {
  Document document;
  document.emplace_back(Paragraph{
      "--filter COLUMN:PATTERN keeps the rows whose column matches, --filter TEXT those where any field "
      "contains the text. In a pattern * stands for any text; upper and lower case are the same. Several "
      "filters must all hold. MAC addresses and UUIDs are found in any usual spelling, and so are parts: "
      "three bytes of a MAC address, two groups or eight digits of a UUID. What changes something takes no "
      "--filter: name there what is meant."});
  document.emplace_back(
      Example{{"ctys list --filter type:qemu --filter state:running", "ctys list --all --filter 'label:web*'",
               "ctys enumerate --filter os:debian"}});
  document.emplace_back(Paragraph{
      "The column os also matches the distribution, and the beginning of either: os:debian fits a guest "
      "whose distribution is Debian 12."});
  document.emplace_back(Paragraph{
      "--columns NAME[,NAME] chooses columns and their order, NAME:WIDTH limits one. --sort COLUMN sorts, "
      "--reverse downwards, --unique leaves out equal rows. A column need not be shown to be filtered or "
      "sorted by."});
  document.emplace_back(Heading{"Columns of list"});
  document.emplace_back(Paragraph{names_of(model::columns(model::Layout::list))});
  document.emplace_back(Heading{"Columns of enumerate"});
  document.emplace_back(Paragraph{names_of(model::columns(model::Layout::enumerate))});
  document.emplace_back(Heading{"Further columns of both"});
  document.emplace_back(Paragraph{names_of(model::extra_columns(model::Layout::list))});
  return document;
}

Document exit() {
  Document document;
  document.emplace_back(Paragraph{"The status ctys ends with is the same for every action."});
  Entries entries;
  for (const auto& [code, text] : kExits)
    entries.list.push_back({std::to_string(static_cast<int>(code)), std::string(text)});
  document.emplace_back(Heading{"Exit statuses"});
  document.emplace_back(std::move(entries));
  document.emplace_back(Paragraph{
      "When several things went wrong the gravest decides, in this order: 70, 2, 5, 1, 4, 3, 6, 0. Ended by "
      "a "
      "signal, its status is that of the signal: 130 after Ctrl-C, 143 after kill, 129 when its terminal was "
      "closed. It says before what was done."});
  return document;
}

}  // namespace help_text
}  // namespace ctys::cli
