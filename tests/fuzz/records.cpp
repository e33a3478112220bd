// Fuzzes files of records: reading them line by line agrees with the plainest way, and every key holds where
// it stands.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "inventory/key.hpp"
#include "inventory/line.hpp"
#include "inventory/source.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  using namespace ctys::inventory;
  const auto text = fuzz::text_of(data, size);
  const Fd file(::memfd_create("records", MFD_CLOEXEC));
  fuzz::must(file && write_all(file.get(), text), "the input can be written");
  const auto source = Source::open("/proc/self/fd/" + std::to_string(file.get()));
  fuzz::must(source.has_value(), "a regular file can be opened");

  Reader reader(*source);
  std::uint64_t faults = 0;
  auto rest = without_mark(text);
  for (std::uint64_t number = 1; !rest.empty(); ++number) {
    const auto offset = text.size() - rest.size();
    const auto plain = cut_line(rest);
    const auto defect = check(plain);
    faults += is_fault(defect) ? 1 : 0;
    if (defect != Defect::none) continue;
    Line line;
    fuzz::must(reader.next(line), "every record is given out");
    fuzz::must(line.text == plain && line.offset == offset && line.number == number,
               "it is the one that is due");
    fuzz::must(source->record_at(offset).value() == std::string(plain), "a record is found at its place");
    const auto fields = split(plain);
    for (std::size_t n = 1; n <= kFields; ++n) fuzz::must(field(plain, n) == fields[n - 1], "fields agree");
    for (const auto& [kind, words, n] : kind_names())
      if (const auto key = make_key(kind, value_of(kind, plain)))
        fuzz::must(holds(*key, plain) == only(kind), "a record holds its own keys");
  }
  Line line;
  fuzz::must(!reader.next(line) && reader.status().has_value(), "nothing comes after the last record");
  fuzz::must(reader.faults().count == faults, "every fault is counted");
  fuzz::must(warning(*source, reader.faults()).empty() == (faults == 0), "faults are told");
  return 0;
}
