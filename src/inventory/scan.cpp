// Scans files of records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/scan.hpp"

#include "inventory/index.hpp"
#include "inventory/pieces.hpp"

#include <algorithm>
#include <cstring>

namespace ctys::inventory {
namespace {

// How records are looked for, the same in every piece.
struct Search {
  const Query* query = nullptr;
  const Addresses* addresses = nullptr;  // nullptr: there are none
  Rarest rarest;
  bool inverted = false;
  bool counts = false;  // every record
};

// What was found in one piece of a file. Numbers count in the piece.
class Finding {
 public:
  struct One {
    std::string_view line;
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
  };

  // `before`: how many records there are in front of the block, where they are counted.
  void look(const Search& search, const Block& block, std::uint64_t before, Faults& faults) {
    search_ = &search;
    faults_ = &faults;
    found_.clear();
    number_ = before;
    if (search.rarest.text != nullptr)
      seek(block, *search.rarest.text);
    else if (search.rarest.texts != nullptr)
      seek(block, *search.rarest.texts);
    else
      walk(block);
  }
  [[nodiscard]] const std::vector<One>& found() const noexcept { return found_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }  // of the last record
  [[nodiscard]] std::string_view completed(std::string_view line) {
    return search_->addresses == nullptr ? line : search_->addresses->complete(line, longer_);
  }

 private:
  // Is this line a record? Faults are counted.
  bool is_record(std::string_view line, std::uint64_t offset) {
    const auto defect = check(line);
    if (is_fault(defect)) faults_->add({offset, 0, defect});
    return defect == Defect::none;
  }

  // Every line.
  void walk(const Block& block) {
    const auto& search = *search_;
    for (auto rest = block.text; !rest.empty();) {
      const auto offset = block.offset + (block.text.size() - rest.size());
      const auto line = cut_line(rest);
      if (search.counts || search.inverted) {
        if (!is_record(line, offset)) continue;
        ++number_;
        if (holds(*search.query, completed(line), number_) != search.inverted)
          found_.push_back({line, offset, number_});
        continue;
      }
      if (holds(*search.query, completed(line), 0) && is_record(line, offset))
        found_.push_back({line, offset, 0});
    }
  }

  // The lines that hold a text.
  template <class AnyOrOne>
  void seek(const Block& block, const AnyOrOne& finder) {
    const char* const begin = block.text.data();
    const char* const end = begin + block.text.size();
    for (const char* at = begin; at < end;) {
      const char* const hit = finder.find(at, end);
      if (hit == nullptr) return;
      const auto before = static_cast<std::size_t>(hit - at);
      const auto* const previous = static_cast<const char*>(::memrchr(at, '\n', before));
      const char* const first = previous == nullptr ? at : previous + 1;
      const auto* newline =
          static_cast<const char*>(std::memchr(hit, '\n', static_cast<std::size_t>(end - hit)));
      if (newline == nullptr) newline = end;
      const auto line = without_return({first, static_cast<std::size_t>(newline - first)});
      const auto offset = block.offset + static_cast<std::uint64_t>(first - begin);
      if (holds(*search_->query, completed(line), 0) && is_record(line, offset))
        found_.push_back({line, offset, 0});
      at = std::min(newline + 1, end);
    }
  }

  const Search* search_ = nullptr;
  Faults* faults_ = nullptr;
  std::vector<One> found_;
  std::uint64_t number_ = 0;
  std::string longer_;  // a completed record
};

// One file after the other.
class Scanner {
 public:
  Scanner(const Query& query, const ScanOptions& options, const Visit& visit)
      : visit_(&visit), threads_(options.threads) {
    search_.query = &query;
    if (options.addresses != nullptr && options.addresses->exist()) search_.addresses = options.addresses;
    search_.inverted = options.inverted;
    search_.counts = options.numbers || query.needs_numbers();
    if (search_.counts) threads_ = 1;  // a number is that of all records before it
  }

  [[nodiscard]] Result<std::optional<std::string>> file(const Source& source, std::size_t at) {
    if (!chosen_) TRY_VOID(choose(source));
    Faults faults;
    const Pieces pieces(source, threads_);
    std::vector<Finding> findings(pieces.slots());
    // A search sees the lines that match; an index that is there knows of the others. Without one, all are
    // looked at.
    auto search = search_;
    std::optional<Index> index;
    if (!search.counts && !search.inverted) index = Index::open(source);
    if (!index) {
      search.rarest = {};
      search.counts = true;
    }
    TRY_VOID(pieces.work([&](std::size_t slot, const Block& block,
                             Faults& found) { findings[slot].look(search, block, number_, found); },
                         [&](std::size_t slot, const Faults& found) {
                           faults.add(found);
                           return give(findings[slot], at);
                         }));
    if (index) faults = index->faults();
    if (faults.count == 0) return std::nullopt;
    return warning(source, faults);
  }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  // By the beginning of a file.
  [[nodiscard]] Result<void> choose(const Source& source) {
    if (source.stamp().size == 0) return {};
    chosen_ = true;
    auto& rarest = search_.rarest;
    std::string sample(kSample, '\0');
    sample.resize(TRY(source.read_at(0, sample.data(), sample.size())));
    if (!search_.counts && !search_.inverted) rarest = rarest_text(*search_.query, sample);
    if (search_.addresses == nullptr) return {};
    const auto may_come = [&](const Finder& finder) { return search_.addresses->may_bring(finder.text()); };
    const bool one = rarest.text != nullptr && may_come(*rarest.text);
    const bool any = rarest.texts != nullptr &&
                     std::any_of(rarest.texts->texts().begin(), rarest.texts->texts().end(), may_come);
    if (one || any) rarest = {};
    return {};
  }

  [[nodiscard]] bool give(Finding& finding, std::size_t source) {
    if (search_.counts) number_ = finding.number();
    for (const auto& one : finding.found()) {
      stopped_ =
          !(*visit_)({finding.completed(one.line), source, one.offset, search_.counts ? one.number : 0});
      if (stopped_) return false;
    }
    return true;
  }

  static constexpr std::size_t kSample = 65536;
  const Visit* visit_;
  unsigned threads_;
  Search search_;
  bool chosen_ = false;
  std::uint64_t number_ = 0;
  bool stopped_ = false;
};

template <class AnyOrOne>
std::size_t count_hits(const AnyOrOne& finder, std::string_view sample) {
  std::size_t count = 0;
  const char* const end = sample.data() + sample.size();
  for (const char* at = sample.data(); (at = finder.find(at, end)) != nullptr && at < end; ++at) ++count;
  return count;
}

}  // namespace

Rarest rarest_text(const Query& query, std::string_view sample) {
  constexpr std::size_t kSample = 65536;
  constexpr std::size_t kLeastDistance =
      256;  // bytes from hit to hit: below that a look at each line is cheaper
  sample = sample.substr(0, kSample);
  Rarest best;
  std::size_t least = sample.size() / kLeastDistance;
  for (const auto& clause : query.clauses) {
    if (clause.size() != 1 || clause[0].negated) continue;
    const auto kind = clause[0].kind;
    if (kind != Term::Kind::line && kind != Term::Kind::field) continue;
    const auto& text = clause[0].pattern.required();
    const auto& texts = clause[0].pattern.beginnings();
    const auto consider = [&](std::size_t hits, Rarest one) {
      if (hits > least) return;
      least = hits;
      best = one;
    };
    if (!texts.is_empty()) consider(count_hits(texts, sample), {nullptr, &texts});
    if (!text.text().empty()) consider(count_hits(text, sample), {&text, nullptr});
  }
  return best;
}

Result<std::vector<std::string>> scan(std::span<const Source> view, const Query& query,
                                      const ScanOptions& options, const Visit& visit) {
  std::vector<std::string> warnings;
  Scanner scanner(query, options, visit);
  for (std::size_t at = 0; at < view.size() && !scanner.stopped(); ++at)
    if (auto warning = TRY(scanner.file(view[at], at))) warnings.push_back(*std::move(warning));
  return warnings;
}

}  // namespace ctys::inventory
