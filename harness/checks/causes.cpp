// SPDX-License-Identifier: MIT
// The bug classes that checks can name. Evidence: owner/repository#number of public issues.
#include <algorithm>

#include "harness/checks/catalogue.h"

namespace e3 {
namespace {

constexpr Cause kCauses[] = {
    {.slug = "et-listen-single-accept",
     .what = "accept() is called once per listener event; the rest of the queue waits for ever",
     .evidence = "memcached/memcached#476, sipwise/rtpengine#346, vibe-d/eventcore#20",
     .fix = "accept until EAGAIN after each edge"},
    {.slug = "accept-paused-forever",
     .what = "accepting stops at the limit of connections and never goes on",
     .evidence =
         "actor-framework/actor-framework#2226, actix/actix-web#2703, kakserpom/phpdaemon#25",
     .fix = "when a connection is closed, arm the listener again and accept what waits"},
    {.slug = "conn-slot-leak",
     .what = "connections that end badly are counted as open for ever",
     .evidence = "ROCm/FastFlowLM#680, googollee/go-engine.io#29, haproxy/haproxy#136",
     .fix = "count where the descriptor is closed, and nowhere else"},
    {.slug = "accept-transient-fatal",
     .what = "an error of one waiting connection ends accepting, or the server",
     .evidence = "MisterTea/EternalTerminal#756, tiny-http/tiny-http#283, grpc/grpc#29318",
     .fix =
         "go on accepting after ECONNABORTED, EPROTO, EINTR and the network errors of accept(2)"},
    {.slug = "accept-emfile-spin",
     .what = "busy while accept() has no descriptor to give",
     .evidence = "joyent/libuv#690, nodejs/node#45242, cloudwego/netpoll#230",
     .fix = "disarm the listener until a descriptor is closed or a pause is over"},
    {.slug = "accept-emfile-lost-edge",
     .what = "connections that waited while accept() failed are never served",
     .evidence = "twitter/twemproxy#232",
     .fix = "remember that accepting was broken off, and try again after a close or a pause"},
    {.slug = "accept-emfile-fatal",
     .what = "a shortage of descriptors or memory in accept() ends the server",
     .evidence = "firedancer-io/firedancer#9538, yesodweb/wai#830, projecteru/redis-cerberus#29",
     .fix = "treat EMFILE, ENFILE, ENOBUFS and ENOMEM as a reason to try later"},
    {.slug = "register-fail-leak",
     .what = "a connection that epoll_ctl() refuses is kept and never heard of again",
     .evidence = "golang/go#34392, golang/go#61205, ossrs/srs#2925",
     .fix = "close the connection when it cannot be registered"},
    {.slug = "split-terminator",
     .what = "a request is recognised only when it arrives in the right pieces",
     .evidence = "janet-lang/spork#71, KaneCheshire/Peasy#16, ruby/net-protocol#66",
     .fix = "collect bytes per connection and search for the end across reads"},
    {.slug = "coalesced-requests",
     .what = "what follows a request in the same read is lost, or spoils it",
     .evidence = "warmcat/libwebsockets#638, anmonteiro/httpun#115",
     .fix = "find where the request ends, and keep what is behind it for the next"},
    {.slug = "exact-fit-buffer",
     .what = "a request that just fills a buffer is taken for incomplete, or for the end of input",
     .evidence = "RandyGaul/cute_headers#411, zestyping/openpixelcontrol#36, mopemope/meinheld#120",
     .fix = "look for the end after every read, and never call recv() with no room"},
    {.slug = "unbounded-input",
     .what =
         "input is kept without limit while no request is complete, or output while nobody reads",
     .evidence = "hyperium/hyper#187, scylladb/seastar#2698, tmux/tmux#5565",
     .fix = "limit the size of a request, and stop reading while too much is unsent"},
    {.slug = "slow-reader-unbounded",
     .what = "answers are kept without limit while nobody reads them",
     .evidence = "http-kit/http-kit#180, tmux/tmux#5565, dotnet/aspnetcore#43093",
     .fix = "stop reading a connection while much of its output is unsent"},
    {.slug = "close-before-flush",
     .what = "a connection is closed while part of the answer is still to be sent",
     .evidence = "hyperium/hyper#4018, envoyproxy/envoy#6392",
     .fix = "close when the last byte has been taken by send(), not when it has been queued"},
    {.slug = "eagain-as-error",
     .what = "EAGAIN is taken for a failure of the connection",
     .evidence = "K0M15/webserv#53, sgieseking/anyrpc#51, romange/helio#363",
     .fix = "wait for the next event when errno is EAGAIN"},
    {.slug = "eintr-io",
     .what = "a call that a signal interrupted is taken for failed",
     .evidence = "oven-sh/bun#34780",
     .fix = "call again when errno is EINTR (but never close() again)"},
    {.slug = "writev-advance",
     .what = "after a partial write, bytes are sent twice or left out",
     .evidence =
         "xrootd/xrootd#1825, cyrusimap/cyrus-imapd#2986, firecracker-microvm/firecracker#5485",
     .fix = "advance by exactly what the call returned"},
    {.slug = "shutdown-enotconn",
     .what = "a call on a connection that is closed, or has just died, fails, and ends the server",
     .evidence = "mavlink/mavros#1626, fix8/fix8#201, FreeOpcUa/python-opcua#740",
     .fix = "ignore ENOTCONN from shutdown() and getpeername(), and EINTR from close()"},
    {.slug = "rst-truncates-response",
     .what = "closing with unread input resets the connection before the answer has arrived",
     .evidence = "benoitc/gunicorn#3590, hyperium/hyper#3078, golang/go#51109",
     .fix =
         "shut down the sending side, read until the peer ends or a while has passed, then close"},
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
    {.slug = "enobufs-spin",
     .what = "busy while send() has no memory to work with",
     .evidence = "freeunitorg/freeunit#407, ponylang/ponyc#5823, libuv/libuv#1573",
     .fix = "end the connection, or try again after a pause"},
    {.slug = "eof-spin",
     .what = "recv() == 0 is not taken for the end of input; the loop reads it for ever",
     .evidence = "warmcat/libwebsockets#475, MarcJHuber/event-driven-servers#204, goftp/server#7",
     .fix = "treat 0 from recv as end of input, not as try again"},
    {.slug = "rdhup-spin",
     .what = "busy while an answer waits for room and the peer has ended its side",
     .evidence = "tokio-rs/mio#933, netty/netty#3729",
     .fix = "after the end of input ask for EPOLLOUT alone until the answer is sent"},
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
    {.slug = "memory-error",
     .what = "the server uses memory that is not its own, or not any more",
     .evidence = "redis/redis#3711, drogonframework/drogon#2133, libevent/libevent#1811",
     .fix = "follow the sanitizer's report; what an event, a timer or a callback still refers to "
            "must not be freed"},
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
    for (const auto more : {loop_causes(), timer_causes(), process_causes(), http_causes()}) {
      joined->insert(joined->end(), more.begin(), more.end());
    }
    return joined;
  }();
  return all;
}

const Cause* find_cause(std::string_view slug) {
  const auto found = std::find_if(causes().begin(), causes().end(),
                                  [&](const Cause& cause) { return cause.slug == slug; });
  return found == causes().end() ? nullptr : &*found;
}

std::string_view cause_of(const Check& check, const Violation& violation) {
  // Where it goes wrong, the report says; which check meets it is chance.
  const bool told = violation.actual.find("ERROR: AddressSanitizer") != std::string::npos;
  if (told && violation.symptom == Symptom::kDied) return "memory-error";
  for (const Blame& blame : check.blames) {
    const bool fits = (!blame.without_event || !violation.on_event) &&
                      (!blame.while_open || violation.waits_for_ever);
    if (blame.symptom == violation.symptom && fits) return blame.cause;
  }
  return usual_cause_of(violation.symptom);
}

std::string_view usual_cause_of(Symptom symptom) {
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
    case Symptom::kSleeps:
      return "blocking-conn";
    default:
      return "answer-differs";
  }
}

}  // namespace e3
