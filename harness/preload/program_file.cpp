// SPDX-License-Identifier: MIT
#include "harness/preload/program_file.h"

#include <elf.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace e3::preload {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kThisMachine = EM_X86_64;
#else
constexpr std::uint16_t kThisMachine = EM_AARCH64;
#endif

// Reads structures out of a file, which may be hundreds of megabytes; what lies beyond the end is
// absent.
class Image {
 public:
  explicit Image(const std::string& path) : file_(path, std::ios::binary) {}

  bool begins_with(std::string_view magic) {
    std::string beginning(magic.size(), '\0');
    return read(0, beginning.data(), beginning.size()) && beginning == magic;
  }

  template <typename Structure>
  std::optional<Structure> at(std::uint64_t offset) {
    Structure structure;
    if (!read(offset, reinterpret_cast<char*>(&structure), sizeof structure)) return std::nullopt;
    return structure;
  }

  std::string text(std::uint64_t offset) {
    std::string found;
    if (go_to(offset)) std::getline(file_, found, '\0');
    return found;
  }

 private:
  bool go_to(std::uint64_t offset) {
    file_.clear();
    return offset <= INT64_MAX && file_.seekg(static_cast<std::streamoff>(offset)).good();
  }
  bool read(std::uint64_t offset, char* to, std::size_t size) {
    return go_to(offset) && file_.read(to, static_cast<std::streamsize>(size)).good();
  }

  std::ifstream file_;
};

std::vector<Elf64_Phdr> segments_of(Image& image, const Elf64_Ehdr& header) {
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const auto segment =
        image.at<Elf64_Phdr>(header.e_phoff + std::uint64_t{i} * header.e_phentsize);
    if (segment) segments.push_back(*segment);
  }
  return segments;
}

std::uint64_t offset_of(std::uint64_t address, const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return address - segment.p_vaddr + segment.p_offset;
    }
  }
  return UINT64_MAX;
}

std::vector<std::string> needed_by(Image& image, const Elf64_Phdr& dynamic,
                                   const std::vector<Elf64_Phdr>& segments) {
  std::vector<std::uint64_t> names;
  std::uint64_t strings = UINT64_MAX;
  for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    const auto entry = image.at<Elf64_Dyn>(dynamic.p_offset + at);
    if (!entry || entry->d_tag == DT_NULL) break;
    if (entry->d_tag == DT_NEEDED) names.push_back(entry->d_un.d_val);
    if (entry->d_tag == DT_STRTAB) strings = offset_of(entry->d_un.d_ptr, segments);
  }
  std::vector<std::string> needed;
  if (strings == UINT64_MAX) return needed;
  for (const std::uint64_t name : names) needed.push_back(image.text(strings + name));
  return needed;
}

bool is_sanitizer_runtime(std::string_view library) {
  for (const std::string_view name :
       {"libasan.so", "libtsan.so", "liblsan.so", "libclang_rt.asan", "libclang_rt.tsan"}) {
    if (library.starts_with(name)) return true;
  }
  return false;
}

}  // namespace

std::string find_program(const std::string& word) {
  if (word.find('/') != std::string::npos) return ::access(word.c_str(), X_OK) == 0 ? word : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/bin:/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + word;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

ProgramFile read_program_file(const std::string& path) {
  Image image(path);
  ProgramFile program;
  if (image.begins_with("#!")) program.kind = ProgramKind::kScript;
  const auto header = image.at<Elf64_Ehdr>(0);
  if (!image.begins_with(ELFMAG) || !header) return program;
  program.kind = ProgramKind::kForeign;
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != kThisMachine) return program;
  const std::vector<Elf64_Phdr> segments = segments_of(image, *header);
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_INTERP) program.loader = image.text(segment.p_offset);
    if (segment.p_type == PT_DYNAMIC) program.needed = needed_by(image, segment, segments);
  }
  if (program.loader.empty()) {
    program.kind = ProgramKind::kStatic;
  } else if (program.loader.find("/ld-linux") != std::string::npos) {
    program.kind = ProgramKind::kDynamic;
  }
  return program;
}

std::string preload_list(const ProgramFile& program, const std::string& library,
                         std::string_view inherited) {
  std::string list;
  for (const std::string& each : program.needed) {
    if (is_sanitizer_runtime(each)) list += each + ":";
  }
  list += library;
  if (!inherited.empty()) list.append(":").append(inherited);
  return list;
}

}  // namespace e3::preload
