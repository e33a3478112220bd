// Help about the inventory: its actions, and the query language.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_texts.hpp"
#include "model/schema.hpp"

namespace ctys::cli::help_text {
namespace {

// "1 host, 2 type, ...": the words that mean the fields.
std::string fields() {
  std::string text;
  std::size_t number = 0;
  for (const auto& column : model::columns(model::Layout::enumerate)) {
    text += (text.empty() ? "" : ", ") + std::to_string(++number) + " ";
    for (const char c : long_form(column.keywords))
      text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return text;
}

}  // namespace

Prose inventory_prose(model::Action action) {
  using model::Action;
  if (action == Action::find)
    return {
        Action::find,
        {"Searches the inventory by its columns: COLUMN:PATTERN holds for records of which the whole value "
         "matches, a word without a column for those in which it stands anywhere. In a pattern * is any "
         "text; "
         "upper and lower case are the same. All words must hold, unless OR stands between them; NOT turns "
         "the "
         "next one round. The column os is also the distribution, and the beginning of either; state is the "
         "attribute VMSTATE. MAC and IPv6 addresses and UUIDs are found in any usual spelling, also as words "
         "alone, and so are parts: three bytes of a MAC address, two groups or eight digits of a UUID. ctys "
         "help "
         "query names the columns."},
        {{"ctys find os:debian host:lab* state:active", "active Debian machines on the hosts lab..."},
         {"ctys find type:qemu NOT label:test* --json", "all fields, for programs"},
         {"ctys find 192.168.3.", "records in which this stands"}}};
  return {
      Action::vhost,
      {"Looks machines up in the inventory. A word alone is taken as it stands: as label, name, UUID, MAC or "
       "network address, or path of a machine; when no record has it exactly, it is a regular expression. "
       "KIND:VALUE is always exact, and of one kind: label, name, id, uuid, mac, tcp, netname, host. Several "
       "words are a query, in which words are regular expressions; ctys help query explains it. NOT WORD and "
       "-M complement WORD are all records but those that WORD gives.",
       "Called as ctys-vhost, as existing scripts do, a word is always a regular expression, and the status "
       "is 0 "
       "when nothing matches, too.",
       "-o takes the words of the classic grammar: names of fields, IP and DNS for the address as number and "
       "name, INDEX for the number of the record, CTYSADDRESS for the address as HOST[KEYS], which all "
       "actions on machines take, MAXKEY for the "
       "first six fields, MACHINE for the whole record, the formats TAB, REC, SPEC, XML and JSON, TITLE, and "
       "SORT[:[UNIQUE%][REVERSE%][column]]. Fields alone are printed with ';' between them. Without -o and "
       "--columns the columns are those of the macro TAB_CTYS_VHOST_DEFAULT.",
       "A record that has a MAC address and no other gets one from macmap.fdb, in what is shown and in what "
       "is "
       "searched. -r and -c ask the hypervisors of this host, or of those named with -R, for what runs."},
      {{"ctys vhost web01", "the record of web01"},
       {"ctys vhost mac:52:54:00:ab:cd:ef -o tcp", "the address of the machine with this MAC address"},
       {"ctys vhost lab00 AND F:type:QEMU NOT E:28:1", "machines on lab00, without lab00 itself"},
       {"ctys vhost 'web[0-9]+' -o l,tcp,sort", "labels and addresses, sorted"},
       {"ctys vhost -o ctysaddress web01", "its address with its host, for other commands"},
       {"ctys vhost --batch -o l,tcp <keys", "labels and addresses for a list of keys, in its order"},
       {"ctys vhost -c cnt .", "how many machines run on each host of the inventory"},
       {"ctys vhost -S listdb", "the files of the inventory"}}};
}

Document query() {
  Document document;
  document.emplace_back(
      Paragraph{"A query of ctys vhost is a list of terms. All of them must hold for a record, unless OR "
                "stands between two: OR "
                "binds tighter than AND, so that x AND a OR b AND y means x AND (a OR b) AND y. AND may be "
                "left out. NOT turns "
                "the next term round, and only that. A record is shown once, however many alternatives hold; "
                "--compat shows "
                "it once for each, as the original did."});
  document.emplace_back(Heading{"Terms"});
  document.emplace_back(Entries{{
      {"REGEX",
       "found anywhere in the record, as it stands in the file; . holds for every record, ^ is the beginning "
       "of the host's name"},
      {"F:FIELD:REGEX", "found in this field, a number or a name: F:3:web or F:label:web"},
      {"E:FIELD:FIELD",
       "the text of the second field is a part of the first one: E:28:1 holds for the records of "
       "hosts themselves"},
      {"R:FIRST[:LAST]", "the number of the record, counted from 1"},
      {"KIND:VALUE", "an exact key, see ctys help vhost; a regular expression for ctys-vhost"},
  }});
  document.emplace_back(Heading{"Regular expressions"});
  document.emplace_back(
      Paragraph{"They are those of awk: . ^ $ * + ? {n,m} ( ) | and brackets with classes like [:digit:]; "
                "upper and lower case "
                "differ. A \\ takes away the meaning of the next character; \\w is a letter, digit or _, \\s "
                "a blank, \\y the "
                "edge of a word. A search takes time linear in the size of the inventory, whatever the "
                "expression is; {n} is at most 1000. Quote "
                "them, so that the shell leaves them alone."});
  document.emplace_back(Example{{"ctys vhost 'F:3:^web' AND lab00 OR lab01 NOT F:19:TEMPLATE",
                                 "ctys vhost '(web|db)[0-9]+;' -o l,tcp", "ctys vhost R:1:10 -o machine"}});
  document.emplace_back(Heading{"Fields"});
  document.emplace_back(Paragraph{fields()});
  return document;
}

}  // namespace ctys::cli::help_text
