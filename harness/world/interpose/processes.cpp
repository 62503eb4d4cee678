// SPDX-License-Identifier: MIT
// Interposed: what starts threads, processes and other programs. No engine models any of it: each
// stops a simulated target and names itself.
#include <pthread.h>
#include <spawn.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <vector>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::answering;
using e3::interpose::note_made;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// The words of execl(3) and its kin, behind the first, with the null pointer that ends them.
std::vector<char*> words_of(const char* first, va_list& rest) {
  std::vector<char*> words{const_cast<char*>(first)};
  while (words.back() != nullptr) words.push_back(va_arg(rest, char*));
  return words;
}

}  // namespace

extern "C" {

pid_t fork() noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("fork");
  return real::fork();
}

// A fork is as good for whoever is not simulated (vfork(2)), and can be called from here: vfork
// returns twice into a frame that its child may have overwritten.
pid_t vfork() noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("vfork");
  return real::fork();
}

int posix_spawn(pid_t* __restrict child, const char* __restrict path,
                const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* __restrict attributes, char* const* words,
                char* const* __restrict environment) {
  if (Turn kernel; kernel) kernel->unmodelled("posix_spawn");
  return real::posix_spawn(child, path, actions, attributes, words, environment);
}

int posix_spawnp(pid_t* child, const char* file, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* words,
                 char* const* environment) {
  if (Turn kernel; kernel) kernel->unmodelled("posix_spawnp");
  return real::posix_spawnp(child, file, actions, attributes, words, environment);
}

int system(const char* command) {
  if (Turn kernel; kernel && command != nullptr) kernel->unmodelled("system");
  return real::system(command);
}

FILE* popen(const char* command, const char* mode) {
  if (Turn kernel; kernel) kernel->unmodelled("popen");
  return real::popen(command, mode);
}

int daemon(int stay, int keep_output) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("daemon");
  return real::daemon(stay, keep_output);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("pthread_create");
  note_made("pthread_create");
  return real::pthread_create(thread, attributes, start, argument);
}

// What comes instead of the program would run on the real kernel. ThreadSanitizer calls this before
// it has begun; see CMakeLists.txt.
int execve(const char* path, char* const* words, char* const* environment) noexcept {
  if (answering == nullptr) return real::execve(path, words, environment);
  if (Turn kernel; kernel) kernel->unmodelled("execve");
  return real::execve(path, words, environment);
}

int execv(const char* path, char* const* words) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("execv");
  return real::execv(path, words);
}

int execvp(const char* file, char* const* words) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("execvp");
  return real::execvp(file, words);
}

int execvpe(const char* file, char* const* words, char* const* environment) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("execvpe");
  return real::execvpe(file, words, environment);
}

int fexecve(int fd, char* const* words, char* const* environment) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("fexecve");
  return real::fexecve(fd, words, environment);
}

int execl(const char* path, const char* word, ...) noexcept {
  va_list rest;
  va_start(rest, word);
  const std::vector<char*> words = words_of(word, rest);
  va_end(rest);
  return execv(path, words.data());
}

int execlp(const char* file, const char* word, ...) noexcept {
  va_list rest;
  va_start(rest, word);
  const std::vector<char*> words = words_of(word, rest);
  va_end(rest);
  return execvp(file, words.data());
}

int execle(const char* path, const char* word, ...) noexcept {
  va_list rest;
  va_start(rest, word);
  const std::vector<char*> words = words_of(word, rest);
  char* const* environment = va_arg(rest, char* const*);
  va_end(rest);
  return execve(path, words.data(), environment);
}

}  // extern "C"

namespace e3::interpose {
void link_processes() {}
}  // namespace e3::interpose
