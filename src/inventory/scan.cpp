// Scans files of records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/scan.hpp"

#include "inventory/index.hpp"

#include <algorithm>
#include <cstring>

namespace ctys::inventory {
namespace {

// One file after the other; what several blocks have in common.
class Scanner {
 public:
  Scanner(const Query& query, const ScanOptions& options, const Visit& visit)
      : query_(&query),
        visit_(&visit),
        addresses_(options.addresses != nullptr && options.addresses->exist() ? options.addresses : nullptr),
        inverted_(options.inverted),
        counts_(options.numbers || query.needs_numbers()) {}

  [[nodiscard]] Result<std::optional<std::string>> file(const Source& source, std::size_t at) {
    faults_ = {};
    source_ = at;
    Reader reader(source);
    Block block;
    while (!stopped_ && reader.next_block(block)) {
      if (!chosen_) choose(block.text);
      if (rarest_.text != nullptr)
        search(block, *rarest_.text);
      else if (rarest_.texts != nullptr)
        search(block, *rarest_.texts);
      else
        walk(block);
    }
    TRY_VOID(reader.status());
    for (std::size_t i = 0; i < std::min<std::uint64_t>(reader.faults().count, Faults::kRemembered); ++i)
      faults_.add(reader.faults().first[i]);
    // A search for a text sees few lines; an index that is there knows of the others.
    if (rarest_.text != nullptr || rarest_.texts != nullptr)
      if (const auto index = Index::open(source)) faults_ = index->faults();
    if (faults_.count == 0) return std::nullopt;
    return warning(source, faults_);
  }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  void choose(std::string_view sample) {
    chosen_ = true;
    if (!counts_ && !inverted_) rarest_ = rarest_text(*query_, sample);
    if (addresses_ == nullptr) return;
    const auto may_come = [&](const Finder& finder) { return addresses_->may_bring(finder.text()); };
    const bool one = rarest_.text != nullptr && may_come(*rarest_.text);
    const bool any = rarest_.texts != nullptr &&
                     std::any_of(rarest_.texts->texts().begin(), rarest_.texts->texts().end(), may_come);
    if (one || any) rarest_ = {};
  }

  std::string_view completed(std::string_view line) {
    return addresses_ == nullptr ? line : addresses_->complete(line, longer_);
  }

  // Is this line a record? Faults are counted.
  bool is_record(std::string_view line, std::uint64_t offset) {
    const auto defect = check(line);
    if (is_fault(defect)) faults_.add({offset, 0, defect});
    return defect == Defect::none;
  }

  void give(std::string_view line, std::uint64_t offset, std::uint64_t number) {
    stopped_ = !(*visit_)({line, source_, offset, number});
  }

  // Every line.
  void walk(const Block& block) {
    auto rest = block.text;
    while (!rest.empty() && !stopped_) {
      const auto offset = block.offset + (block.text.size() - rest.size());
      const auto line = cut_line(rest);
      if (counts_ || inverted_) {
        if (!is_record(line, offset)) continue;
        ++number_;
        const auto record = completed(line);
        if (holds(*query_, record, number_) != inverted_) give(record, offset, number_);
        continue;
      }
      const auto record = completed(line);
      if (holds(*query_, record, 0) && is_record(line, offset)) give(record, offset, 0);
    }
  }

  // The lines that hold a text.
  template <class AnyOrOne>
  void search(const Block& block, const AnyOrOne& finder) {
    const char* const begin = block.text.data();
    const char* const end = begin + block.text.size();
    for (const char* at = begin; at < end && !stopped_;) {
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
      const auto record = completed(line);
      if (holds(*query_, record, 0) && is_record(line, offset)) give(record, offset, 0);
      at = std::min(newline + 1, end);
    }
  }

  const Query* query_;
  const Visit* visit_;
  const Addresses* addresses_;  // nullptr: there are none
  std::string longer_;          // a completed record
  bool inverted_;
  bool counts_;
  bool chosen_ = false;
  Rarest rarest_;
  std::size_t source_ = 0;
  std::uint64_t number_ = 0;
  Faults faults_;
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
