// Writes manual pages.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/manual.hpp"

#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {
namespace {

std::string upper_heading(std::string_view text) {
  return roff_text(text::upper(text));
}

// Blocks as man macros. Headings become subsections, or sections where `sections` is set.
class Roff {
 public:
  explicit Roff(std::string& out, bool sections) : out_(out), sections_(sections) {}

  void operator()(const Heading& heading) {
    out_ += sections_ ? ".SH " + upper_heading(heading.text) : ".SS " + roff_text(heading.text);
    out_ += '\n';
    fresh_ = true;
  }
  void operator()(const Paragraph& paragraph) {
    separate();
    out_ += roff_text(paragraph.text) + "\n";
  }
  void operator()(const Example& example) {
    separate();
    out_ += ".nf\n";
    for (const auto& line : example.lines) out_ += roff_text(line) + "\n";
    out_ += ".fi\n";
  }
  void operator()(const Entries& entries) {
    for (const auto& [term, text] : entries.list)
      out_ += ".TP\n\\fB" + roff_text(term) + "\\fR\n" + roff_text(text) + "\n";
    fresh_ = false;
  }

 private:
  void separate() {
    if (!fresh_) out_ += ".PP\n";
    fresh_ = false;
  }
  std::string& out_;
  bool sections_;
  bool fresh_ = true;
};

void append(std::string& out, std::span<const Block> document, bool sections = false) {
  Roff roff(out, sections);
  for (const auto& block : document) std::visit(roff, block);
}

void append_head(std::string& out, std::string_view name, std::string_view date, std::string_view summary) {
  out += ".\\\" Made from the program's own help texts.\n";
  out += ".TH " + upper_heading(name) + " 1 " + std::string(date) +
         " \"ctys " CTYS_VERSION "\" \"User commands\"\n";
  out += ".SH NAME\n" + roff_text(name) + " \\- " + roff_text(summary) + "\n";
}

void append_section(std::string& out, std::string_view heading, std::string_view topic) {
  out += ".SH " + upper_heading(heading) + "\n";
  if (const auto document = document_of(topic)) append(out, *document);
}

std::string main_page(std::string_view date) {
  std::string out;
  append_head(out, "ctys", date, "find, start, open, list and stop virtual machines");
  const auto overview = *document_of({});
  // The overview is a paragraph, then headings with what belongs to them.
  append(out, std::array<Block, 3>{Heading{"Synopsis"}, overview[2], Heading{"Description"}}, true);
  append(out, std::array<Block, 1>{overview[0]});
  append(out, std::span(overview).subspan(3));
  for (const auto& action : actions()) append_section(out, "ctys " + std::string(action.name), action.name);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSections{{
      {"Addresses", "addresses"},
      {"Filters and columns", "filters"},
      {"Output formats", "formats"},
      {"Classic grammar", "classic"},
      {"Queries of the inventory", "query"},
      {"Targets and groups", "targets"},
      {"Macros", "macros"},
      {"Completion", "completion"},
      {"Attributes", "attributes"},
      {"Environment", "environment"},
      {"Files", "files"},
      {"Exit status", "exit"},
  }};
  for (const auto& [heading, topic] : kSections) append_section(out, heading, topic);
  out += ".SH SEE ALSO\n";
  for (const auto& companion : companions())
    if (shown(companion)) out += ".BR ctys\\-" + roff_text(companion.name) + " (1),\n";
  out += ".BR virsh (1)\n";
  return out;
}

std::string_view usage_of(std::string_view name) {
  for (const auto& action : actions())
    if (action.name == name) return action.usage;
  return name == "extractMAClst" ? "[OPTION]... [FILE]..." : "[OPTION]... HOST...";
}

std::string companion_page(const Companion& companion, std::string_view date) {
  std::string out;
  const std::string name = "ctys-" + std::string(companion.name);
  append_head(out, name, date, companion.summary);
  out += ".SH SYNOPSIS\n";
  out += ".nf\n";
  for (const auto form : text::split(usage_of(companion.name), '|'))
    out += "\\fB" + roff_text(name) + "\\fR " + roff_text(text::trim(form)) + "\n";
  out += ".fi\n";
  out += ".SH DESCRIPTION\n" + roff_text(name) + " is the same as ctys " + roff_text(companion.name) + ".\n";
  if (const auto document = document_of(companion.name)) {
    out += ".PP\n";
    append(out, *document);
  }
  if (companion.name == "attribute") append_section(out, "Attributes", "attributes");
  if (companion.name == "groups" || companion.name == "vping")
    append_section(out, "Targets and groups", "targets");
  append_section(out, "Exit status", "exit");
  out += ".SH SEE ALSO\n.BR ctys (1)\n";
  return out;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  if (out.starts_with('.')) out.insert(0, "\\&");
  return out;
}

std::vector<std::string> manual_names() {
  std::vector<std::string> names{"ctys"};
  for (const auto& companion : companions())
    if (shown(companion)) names.push_back("ctys-" + std::string(companion.name));
  return names;
}

Result<std::string> manual(std::string_view name, std::string_view date) {
  if (name == "ctys") return main_page(date);
  for (const auto& companion : companions())
    if (shown(companion) && name == "ctys-" + std::string(companion.name))
      return companion_page(companion, date);
  return fail(Exit::usage, "there is no manual page '" + text::printable(name) + "'", {},
              "the pages are: " + text::join(manual_names(), ", "));
}

}  // namespace ctys::cli
