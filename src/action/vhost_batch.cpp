// --batch: keys from standard input, an answer of one line for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/finish.hpp"
#include "action/vhost.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "inventory/batch.hpp"
#include "ui/render.hpp"
#include "ui/terminal.hpp"

#include <unistd.h>

#include <algorithm>

namespace ctys::action {
namespace {

// Does the answer look at more than the fields behind which every record has a separator?
bool needs_whole_lines(const model::Request& request) {
  const auto& columns = request.output.columns;
  return request.inventory.prints_address || request.inventory.default_columns || columns.empty() ||
         std::any_of(columns.begin(), columns.end(), [](const auto& column) {
           return static_cast<std::size_t>(column.field) >= inventory::kFieldsBefore;
         });
}

// The columns of one record with ';' between them, the whole record where none was named.
void append_record(const model::Request& request, std::string_view line, std::string& out) {
  inventory::Cells cells(line);
  if (request.inventory.prints_address) return text::append_printable(out, address_of(request, cells));
  if (request.inventory.default_columns || request.output.columns.empty())
    return text::append_printable(out, line);
  std::string text;
  for (std::size_t at = 0; at < request.output.columns.size(); ++at) {
    if (at > 0) out += inventory::kSeparator;
    text::append_printable(out, cell_of(request, at, cells, {line, 0, '\0'}, text));
  }
}

}  // namespace

Result<Exit> answer_keys(const model::Request& request, const inventory::Records& view) {
  if (shows_numbers(request))
    return fail(Exit::usage, "--batch does not number records", "it looks at those alone that have a key",
                "leave out index; ctys vhost KEY -o index tells the number of one");
  inventory::BatchOptions options;
  if (view.addresses.exist()) options.addresses = &view.addresses;
  const auto& views = request.inventory.views;
  // What a resolver said is remembered for all: one thread asks it.
  if (std::any_of(views.begin(), views.end(), [](auto one) { return one != model::View::none; }))
    options.threads = 1;
  if (!view.addresses.exist() && !needs_whole_lines(request)) options.wanted.extent = inventory::Extent::open;
  const auto result = TRY(inventory::answer_batch(
      view.files, STDIN_FILENO, STDOUT_FILENO,
      [&](const inventory::Key&, std::span<const std::string_view> records, std::string& out) {
        std::string longer;
        for (std::size_t at = 0; at < records.size(); ++at) {
          if (at > 0) out += '\t';  // in values a tabulator is escaped
          append_record(request, view.addresses.complete(records[at], longer), out);
        }
      },
      options));
  if (!result.written) tell_unwritten(result.reason);
  tell_faults(result.warnings);
  tell_warnings(view.addresses.warnings());
  if (result.bad > 0) {
    constexpr std::size_t kMostShown = 80;
    auto first = text::printable(result.first_bad);
    if (first.size() > kMostShown) first = first.substr(0, kMostShown) + "...";
    const Error error{
        Exit::failed,
        std::to_string(result.bad) + (result.bad == 1 ? " line is no key" : " lines are no keys"),
        "the first: line " + std::to_string(result.first_bad_line) + ": " + first,
        "give a key in each line: ctys help addresses"};
    (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
  }
  if (result.cut > 0) {
    const auto most = std::to_string(options.wanted.most);
    const Error error{
        Exit::failed,
        std::to_string(result.cut) + (result.cut == 1 ? " answer is" : " answers are") + " cut short",
        "more than " + most + " records have the key, and the first " + most + " were printed",
        "ask for all records of one key without --batch: ctys vhost KEY"};
    (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
  }
  if (result.bad > 0 || result.cut > 0 || !result.written) return Exit::failed;
  return result.found < result.keys ? Exit::nothing : Exit::ok;
}

}  // namespace ctys::action
