// What the files of `ctys vhost` and `ctys find` share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/query.hpp"
#include "inventory/scan.hpp"
#include "inventory/view.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"
#include "ui/terminal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::action {

// What is looked for. A bare word alone, or behind NOT, is a key first, exactly as it stands; when no record
// has it, `query` is what counts.
struct Lookup {
  std::optional<inventory::Key> key;
  bool is_negated = false;  // NOT stands in front of the word; it is part of `query`
  bool is_found = false;    // a record has the key
  inventory::Query query;
  std::optional<Error> bad_query;  // the word is no regular expression
  inventory::Query besides;        // what holds in either case: types and filters
};
[[nodiscard]] Result<Lookup> lookup_of(const model::Request& request);

// One record of an answer.
struct Row {
  std::string_view line;
  std::uint64_t number = 0;  // in the view, 0: not counted
  char mark = '\0';          // R, - or ? of -x mark
};

// Records that are kept until all of them are known.
class Kept {
 public:
  void add(const Row& row);
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] Row at(std::size_t index) const noexcept;
  void mark(std::size_t index, char mark) noexcept { rows_[index].mark = mark; }
  // Keeps these rows in this order; a row may occur several times.
  void choose(std::span<const std::size_t> order);

 private:
  struct Place {
    std::size_t begin = 0;
    std::uint32_t size = 0;
    char mark = '\0';
    std::uint64_t number = 0;
  };
  std::string text_;
  std::vector<Place> rows_;
};

// Does the output need to know how the records are numbered?
[[nodiscard]] bool shows_numbers(const model::Request& request);
// The text of one column of the output; `into` holds it where it is no part of the line.
[[nodiscard]] std::string_view cell_of(const model::Request& request, std::size_t column,
                                       inventory::Cells& cells, const Row& row, std::string& into);
// host[u:UUID,m:MAC], or with the keys that other words of -o name. Empty, after a warning, where no field of
// the record can stand in an address: host[] would name nobody.
[[nodiscard]] std::string address_of(const model::Request& request, inventory::Cells& cells);

// An address as a number and as a name, from the field or from the system's resolver; the field as it is when
// nobody knows. Answers are remembered.
[[nodiscard]] const std::string& numeric_address(std::string_view text);
[[nodiscard]] const std::string& host_name_of(std::string_view text);

// Writes an answer to stdout, row by row where its form allows.
class Printer {
 public:
  Printer(const model::Request& request, const ui::Terminal& terminal);
  // False when the reader is gone: the rest is of no use.
  [[nodiscard]] bool add(const Row& row);
  // Lines of plain records as they are, where takes_text() says that they are what is printed.
  [[nodiscard]] bool takes_text() const noexcept;
  [[nodiscard]] bool add_text(std::string_view lines);
  [[nodiscard]] bool end();
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  enum class Way : std::uint8_t { machine, terse, grid, address, records, table };

  [[nodiscard]] bool flush(std::size_t limit);
  void append_machine(const Row& row);
  void append_terse(const Row& row);
  void append_grid(const Row& row);
  void append_any_grid(const Row& row);
  [[nodiscard]] bool add_record(const Row& row);
  [[nodiscard]] bool send_records(bool last);
  void measure(const Row& row);
  [[nodiscard]] bool is_free(std::size_t column) const;
  void begin_grid();
  [[nodiscard]] bool send_grid();
  [[nodiscard]] bool send_table();

  const model::Request& request_;
  model::Output output_;  // with the widths of a table
  ui::Terminal terminal_;
  Way way_ = Way::records;
  bool is_whole_ = false;  // a grid whose form nobody chose: its values are shown whole
  std::string out_;
  std::uint64_t count_ = 0;
  std::uint64_t sent_ = 0;
  bool began_ = false;
  std::size_t grid_width_ = 0;  // of all columns but the last
  std::vector<model::Record> records_;
  Kept kept_;  // until the widths are known
};

// -T: a type that is no plugin's, of no record, and no word of the grammar is an error.
[[nodiscard]] Result<void> check_types(const model::Request& request, const inventory::Records& view);

// -C MACMAP and MACMAPONLY: can macmap.fdb alone give what is asked for?
[[nodiscard]] bool asks_macmap(const model::Request& request);
// Its rows that match, as records with a name (28), a MAC address (6) and an address (7). A file that is
// missing is an error of status 10 for MACMAPONLY, and told for MACMAP.
[[nodiscard]] Result<void> gather_macmap(const model::Request& request, const Lookup& lookup, Kept& rows);

void tell_warnings(std::span<const std::string> warnings);
// Of lines of the view that are no records: however often it is read, they are told once.
void tell_faults(std::span<const std::string> warnings);

// -C REBUILDCACHE and CLEARALL. Tells what could not be done; the status that comes of it.
[[nodiscard]] Exit renew_index(std::span<const inventory::Source> files, const model::Request& request);

// --batch
[[nodiscard]] Result<Exit> answer_keys(const model::Request& request, const inventory::Records& view);

// -S and the lists of -C.
[[nodiscard]] Exit list_inventory(const model::Request& request);

// -r: adds rows for machines that run, match, and are in no record. Returns who could not be asked.
[[nodiscard]] Result<std::vector<plugin::Failure>> add_running(const model::Request& request,
                                                               const Lookup& lookup,
                                                               const inventory::Records& view, Kept& rows);

// -c: keeps the rows of one host, or counts. A host of which a part could not be asked has no count.
struct Loads {
  std::string text;  // HOST;COUNT, one a line, of CNT
  std::vector<plugin::Failure> failures;
};
[[nodiscard]] Result<Loads> choose_by_load(const model::Request& request, Kept& rows);

// Tells what could not be done; the status that comes of it.
[[nodiscard]] Exit complain(const std::vector<plugin::Failure>& failures);

// -x: marks or removes rows by whether their machine, or the one that holds it, answers. A failure (status 4)
// where the deadline left that open for some.
[[nodiscard]] Result<std::vector<plugin::Failure>> keep_reachable(const model::Request& request,
                                                                  const inventory::Records& view, Kept& rows);

}  // namespace ctys::action
