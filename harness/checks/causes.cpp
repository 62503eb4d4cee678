// SPDX-License-Identifier: MIT
// The bug classes that checks can name. Evidence: owner/repository#number of public issues.
#include <algorithm>

#include "harness/checks/check.h"

namespace e3 {
namespace {

constexpr Cause kCauses[] = {
    {.slug = "et-listen-single-accept",
     .what = "accept() is called once per listener event; the rest of the queue waits for ever",
     .evidence = "memcached/memcached#476, sipwise/rtpengine#346, vibe-d/eventcore#20",
     .fix = "accept until EAGAIN after each edge"},
    {.slug = "split-terminator",
     .what = "a request is recognised only when it arrives in the right pieces",
     .evidence = "janet-lang/spork#71, KaneCheshire/Peasy#16, ruby/net-protocol#66",
     .fix = "collect bytes per connection and search for the end across reads"},
    {.slug = "out-not-armed",
     .what = "after a partial write the rest is never sent",
     .evidence = "pistacheio/pistache#1114, hyperium/hyper#1032, NerDante/epollServer#4",
     .fix = "keep the unsent bytes and send on at EPOLLOUT"},
    {.slug = "partial-write-truncated",
     .what = "send() returning less than asked is taken for a complete write",
     .evidence = "Kitura/Kitura-net#72, tina4stack/tina4-php#118, trungams/http-server#8",
     .fix = "advance by what send() returned and keep the rest"},
    {.slug = "out-left-armed-spin",
     .what = "busy while a peer does not read",
     .evidence = "libuv/libuv#3671, zeromq/libzmq#1409, firedancer-io/firedancer#10683",
     .fix = "wait for EPOLLOUT only while bytes are owed, and wait for it rather than retry"},
    {.slug = "eof-spin",
     .what = "recv() == 0 is not taken for the end of input; the loop reads it for ever",
     .evidence = "warmcat/libwebsockets#475, MarcJHuber/event-driven-servers#204, goftp/server#7",
     .fix = "treat 0 from recv as end of input, not as try again"},
    {.slug = "halfclose-drops-response",
     .what = "a peer that ends its side early is not sent what it asked for",
     .evidence = "enghitalo/vanilla#103, qinguoyi/TinyWebServer#168, netty/netty#3729",
     .fix = "answer what was received before the end of input, then close"},
    {.slug = "halfclose-leak",
     .what = "an incomplete request followed by end of input holds its connection for ever",
     .evidence = "haproxy/haproxy#1362, haproxy/haproxy#136, TechnitiumSoftware/DnsServer#536",
     .fix = "close (or answer 400) when input ends before the request does"},
    {.slug = "fd-leak-error-path",
     .what = "a connection that ends in an unusual way is never closed",
     .evidence = "debauchee/barrier#1350, ossrs/srs#2925, an-tao/trantor#230",
     .fix = "one owner per descriptor, closed on every path"},
    {.slug = "hup-err-ignored-spin",
     .what = "EPOLLHUP or EPOLLERR is reported again and again and never handled",
     .evidence = "h2o/h2o#603, twisted/twisted#2809, tvheadend/tvheadend#2232",
     .fix = "treat EPOLLHUP and EPOLLERR as the end of the connection"},
    {.slug = "econnreset-kills",
     .what = "a peer's reset ends the whole server",
     .evidence = "evs-broadcast/node-emberplus#23, drogonframework/drogon#1025, redis/hiredis#252",
     .fix = "handle ECONNRESET, EPIPE and ENOTCONN per connection"},
    {.slug = "sigpipe-death",
     .what = "writing to a peer that has gone kills the process",
     .evidence = "yhirose/cpp-httplib#77, NEAT-project/neat#237, mangband/mangband#552",
     .fix = "send with MSG_NOSIGNAL, or ignore SIGPIPE"},
    {.slug = "reset-leaves-deaf",
     .what = "after peers have reset their connections nobody is served any more",
     .evidence = "ioflo/hio#165, puma/puma#726, denoland/deno#8499",
     .fix = "a connection that dies before or after accept must not disturb the listener"},
    {.slug = "double-close",
     .what = "a descriptor is closed twice; the second close can hit another connection",
     .evidence = "Tarsnap/tarsnap#789, rofl0r/proxychains-ng#542, apache/trafficserver#3806",
     .fix = "one owner per descriptor; forget the number when it is closed"},
    {.slug = "malformed-request-kills",
     .what = "a request line that lacks a part ends the whole server",
     .evidence = "narfindustries/http-garden (TROPHIES.md), cesanta/mongoose#4",
     .fix = "answer 400 and close; no input may end the process"},
    {.slug = "malformed-header-kills",
     .what = "a malformed header ends the whole server",
     .evidence = "cesanta/mongoose#4, ohler55/agoo#139, ithewei/libhv#874",
     .fix = "answer 400 and close; no input may end the process"},
    {.slug = "nul-and-binary",
     .what = "bytes that are not text (NUL, invalid UTF-8) end the whole server",
     .evidence = "machinezone/IXWebSocket#545, cherokee/webserver#38, libevent/libevent#1810",
     .fix = "treat input as bytes; decode nothing that need not be decoded"},
    {.slug = "length-chars-vs-bytes",
     .what = "Content-Length counts characters, not bytes",
     .evidence = "JuliaWeb/HttpServer.jl#32, twitter/finatra#117, Unidata/thredds#271",
     .fix = "take the length of the encoded body"},
    {.slug = "early-answer",
     .what = "answers before the request is complete",
     .evidence = "uNetworking/uWebSockets#1776",
     .fix = "wait for the end of the request"},
    {.slug = "answer-differs",
     .what = "the answer depends on timing that must not matter",
     .evidence = "Corvusoft/restbed#376, warmcat/libwebsockets#154",
     .fix = "compare the two transcripts: which call differs first?"},
    {.slug = "server-died",
     .what = "the server ended during the scenario",
     .evidence = "redis/hiredis#252, emqx/esockd#9",
     .fix = "see what it printed, and the last lines of the transcript"},
    {.slug = "server-spins",
     .what = "the server is busy with nothing to do",
     .evidence = "h2o/h2o#603, libuv/libuv#3671",
     .fix = "see which call repeats in the transcript"},
    {.slug = "server-deaf",
     .what = "other connections are no longer served",
     .evidence = "wasmerio/wasmer#6608, creytiv/re#266",
     .fix = "see what the scenario left in the server's tables"},
};

}  // namespace

const std::vector<Cause>& causes() {
  static const auto& all = *[] {  // never destroyed
    auto* joined = new std::vector<Cause>(std::begin(kCauses), std::end(kCauses));
    const auto http = http_causes();
    joined->insert(joined->end(), http.begin(), http.end());
    return joined;
  }();
  return all;
}

const Cause* find_cause(std::string_view slug) {
  const auto found = std::find_if(causes().begin(), causes().end(),
                                  [&](const Cause& cause) { return cause.slug == slug; });
  return found == causes().end() ? nullptr : &*found;
}

std::string_view cause_of(const Check& check, Symptom symptom) {
  for (const Blame& blame : check.blames) {
    if (blame.symptom == symptom) return blame.cause;
  }
  switch (symptom) {
    case Symptom::kDied:
      return "server-died";
    case Symptom::kSpins:
      return "server-spins";
    case Symptom::kDeaf:
      return "server-deaf";
    case Symptom::kLeaks:
      return "fd-leak-error-path";
    case Symptom::kMisuse:
      return "double-close";
    case Symptom::kEarlyAnswer:
      return "early-answer";
    default:
      return "answer-differs";
  }
}

}  // namespace e3
