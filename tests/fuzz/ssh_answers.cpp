// Fuzzes the reader of kept answers: what it takes is written back the same.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "ssh/answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  if (const auto kept = ssh::parse_kept(text)) {
    const auto again = ssh::parse_kept(ssh::text_of(*kept));
    fuzz::must(again.has_value(), "what was read can be written");
    fuzz::must(again->who == kept->who && again->files == kept->files && again->stamps == kept->stamps &&
                   again->answers == kept->answers,
               "and reads back");
    (void)ssh::holds(kept->stamps);
  }
  (void)ssh::files_read(text);
  (void)ssh::known_lines(text);
  return 0;
}
