// Writes an inventory: generate_inventory RECORDS [SEED] > enum.fdb
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"
#include "base/text.hpp"
#include "generator/generator.hpp"

#include <unistd.h>

int main(int argc, char** argv) {
  constexpr std::size_t kPiece = 2U << 20U;  // and at multiples of it, as vdbgen writes
  const auto records = ctys::text::number(argc > 1 ? argv[1] : "");
  const auto seed = ctys::text::number(argc > 2 ? argv[2] : "1");
  if (!records || !seed || argc > 3) {
    (void)ctys::write_all(STDERR_FILENO, "usage: generate_inventory RECORDS [SEED] > enum.fdb\n");
    return 2;
  }
  ctys::generator::InventoryGenerator generator(*seed);
  std::string piece;
  for (std::uint64_t i = 0; i < *records; ++i) {
    generator.append_record(piece);
    if (piece.size() < kPiece && i + 1 < *records) continue;
    const auto whole = i + 1 < *records ? piece.size() / kPiece * kPiece : piece.size();
    if (!ctys::write_all(STDOUT_FILENO, std::string_view(piece).substr(0, whole))) return 1;
    piece.erase(0, whole);
  }
  return 0;
}
