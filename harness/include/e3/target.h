/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A server of yours, brought to e3 by linking it in. A C interface: it is the same for C and C++,
 * and for every compiler. Nothing here is thread-safe: call it from one thread.
 *
 * Either the server is a function that runs until it is stopped (its sockets, epoll, eventfd,
 * timerfd and clock calls are answered by e3), or it can take over connections that somebody else
 * accepted (`adopt`).
 */
#ifndef E3_TARGET_H
#define E3_TARGET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A server that takes over connected sockets and runs one turn of its loop at a time. It is opened
 * and closed many times in one process, once for each check: it must forget everything in between.
 * All functions are called on one thread, on a stack of 1 MiB, and must not block.
 */
struct e3_adopt {
  /**
   * Starts the server.
   * @return the descriptor that is readable while turn() has something to do, such as the server's
   *         epoll descriptor; the server keeps it. -1 on failure.
   */
  int (*open)(void);
  /**
   * Takes over a connected stream socket, which is non-blocking and close-on-exec.
   * @return 0: the server owns `fd` and closes it. -1: it does not want it; e3 closes it.
   */
  int (*adopt)(int fd);
  /**
   * Acts on everything that is ready, without waiting.
   * @return after how many milliseconds to call it again although nothing is ready; -1: never.
   */
  int (*turn)(void);
  /** Ends the server: closes all it has open. */
  void (*close)(void);
};

/** A server under test: `entry` or `adopt` is set, the other is null. */
struct e3_target {
  /** For reports. Never null. */
  const char* name;
  /**
   * Makes the server, listens on a TCP socket and runs until the process would end; like main().
   * Called once for each check, on a stack of 1 MiB. It does not return: e3 unwinds it out of its
   * wait, as a C++ exception would. An exception that escapes, and a return, count as its death. A
   * call of exit() ends e3 with status 1.
   */
  int (*entry)(int argc, char** argv);
  /** What `entry` gets, without the name of the program; may be null when there are none. */
  const char* const* arguments;
  size_t argument_count;
  const struct e3_adopt* adopt;
};

/**
 * The whole e3 command line around `target`: `main` need do nothing else.
 * @return the exit status for main: 0 as expected, 1 a check failed, 2 bad usage, 3 the target
 *         never became ready, 4 internal error, 5 nothing selected, 77 with --skip-exit 77 when
 *         everything was skipped, 130 interrupted.
 */
int e3_main(int argc, char** argv, const struct e3_target* target);

/**
 * The same for a server that is not asked as "http" says.
 * @param profile what --profile is where it is not given; null: "http"
 */
int e3_main_with_profile(int argc, char** argv, const struct e3_target* target,
                         const char* profile);

/** What came of a check. */
enum e3_outcome {
  E3_PASSED = 0,  /**< PASS or WARN */
  E3_FAILED = 1,  /**< FAIL, CRASH or TIMEOUT */
  E3_SKIPPED = 2, /**< SKIP or N/A */
  E3_ERROR = 3    /**< INCONCLUSIVE or ERROR: nothing is known about the target */
};

/** How many checks there are, each variant counted. */
size_t e3_check_count(void);
/** The id of check `index` (0 <= index < e3_check_count()); static. Null beyond the last. */
const char* e3_check_id(size_t index);

/** What e3_run_check() found, as text in UTF-8: the verdict's reason, or the failures with their
 * transcript. `text` is valid during the call only. */
typedef void e3_tell(void* context, const char* text);

/**
 * Runs one check against a fresh target on the simulated kernel.
 * @param profile what to say to the server: "http", "hello", "echo" or the path of a
 *                FILE.toml; null: "http".
 * @param seed    of every random choice; the same seed gives the same transcript.
 * @param tell    called once, before the return, unless there is nothing to tell; may be null.
 * @return an e3_outcome; E3_ERROR also for an id or a profile that does not exist.
 */
enum e3_outcome e3_run_check(const struct e3_target* target, const char* id, const char* profile,
                             uint64_t seed, e3_tell* tell, void* context);

/**
 * Plays a scenario against a fresh target on the simulated kernel and judges it, as `e3 replay`
 * does: the answers, and whether the server lives on, rests, leaks nothing and serves others.
 * @param scenario the text of a *.e3 file.
 * @param profile, seed, tell as of e3_run_check().
 * @return E3_PASSED; E3_FAILED where something is wrong; E3_ERROR where nothing can be known, also
 *         for a scenario that cannot be read.
 */
enum e3_outcome e3_replay(const struct e3_target* target, const char* scenario, const char* profile,
                          uint64_t seed, e3_tell* tell, void* context);

/**
 * One input of a fuzzer: any bytes are a scenario (several peers, splits, hang-ups, time, failing
 * calls), played against a fresh `target` on the simulated kernel; e3_add_fuzzer() in CMake makes a
 * program of it. All calls in a process must name the same target and profile.
 * On a finding it prints what is wrong and the minimised scenario to standard error and aborts, as
 * fuzzing engines expect; also when there is no such profile, or the target does not even answer
 * the profile's request.
 */
void e3_fuzz_input(const struct e3_target* target, const char* profile, const uint8_t* data,
                   size_t size);

#ifdef __cplusplus
}
#endif

#endif
