// Streams and events. A stream is lazy: its work runs when something waits for it, so a missing wait gives stale data always,
// not once in a while. While one stream is waited for, others may run ahead in a random order.
#include "driver.h"
#include <chrono>

namespace argent_driver
{
Stream* find_stream(void* handle)
{
    auto& own = driver();
    return handle && own.is_live(handle) && own.streams.count(static_cast<Stream*>(handle)) ? static_cast<Stream*>(handle) : nullptr;
}

std::uint64_t Driver::next_random()
{
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return random >> 16;
}

int Driver::enqueue(Stream* stream, Work work)
{
    if (!stream->capture)
    {
        stream->queue.push_back(std::move(work));
        return kSuccess;
    }
    if (stream->capture->broken) return kCaptureInvalidated;
    stream->capture->graph->work.push_back(std::move(work));
    if (stream != stream->capture->origin) stream->capture->unjoined.insert(stream);
    return kSuccess;
}

bool Driver::step(Stream* stream)
{
    Work& next = stream->queue.front();
    if (next.event && next.event->passed < next.record) return false;
    Work work = std::move(next);
    stream->queue.pop_front();
    if (work.run && stream->device->error == kSuccess)
    {
        const int code = work.run();
        if (code != kSuccess && stream->device->error == kSuccess) fail(stream->device, code, last_error);
    }
    return true;
}

void Driver::run_until(Event* event, std::uint64_t record)
{
    while (event->passed < record && event->stream && !event->stream->queue.empty())
    {
        Stream* stream = event->stream;
        if (step(stream)) continue;
        run_until(stream->queue.front().event, stream->queue.front().record);
    }
}

void Driver::drain(Stream* stream)
{
    while (!stream->queue.empty())
    {
        if (options.random_streams)
        {
            auto other = streams.begin();
            std::advance(other, static_cast<long>(next_random() % streams.size()));
            if (!(*other)->queue.empty()) step(*other);
            if (stream->queue.empty()) return;
            // The stream itself goes on too, so that this ends.
            if (next_random() % 2) continue;
        }
        if (step(stream)) continue;
        run_until(stream->queue.front().event, stream->queue.front().record);
    }
}

void Driver::drain_all()
{
    for (auto* stream : streams) drain(stream);
}

static std::int64_t now_ns()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
}

using namespace argent_driver;

ARGENT_API int cuStreamCreate(void** handle, unsigned flags)
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    if (flags > 1) return kInvalidValue;
    auto* stream = new Stream{device, {}, nullptr};
    own.streams.insert(stream);
    own.handles.insert(stream);
    *handle = stream;
    return kSuccess;
}

ARGENT_API int cuStreamCreateWithPriority(void** handle, unsigned flags, int) { return cuStreamCreate(handle, flags); }

ARGENT_API int cuStreamDestroy_v2(void* handle)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if (stream->capture) return kCaptureUnsupported;
    own.drain(stream);
    own.streams.erase(stream);
    own.handles.erase(stream);
    delete stream;
    return kSuccess;
}

// What a wait for a stream meets while it is captured: the capture is over, and the call is refused.
static bool break_capture(Stream* stream)
{
    if (!stream->capture) return false;
    stream->capture->broken = true;
    return true;
}

ARGENT_API int cuStreamSynchronize(void* handle)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if (break_capture(stream)) return kCaptureUnsupported;
    own.drain(stream);
    return stream->device->error;
}

// Whether the event was last recorded in a stream that is still being captured.
static bool is_captured(const Event* event)
{
    return event->captured_on && driver().streams.count(event->captured_on) && event->captured_on->capture;
}

// Each question brings the stream one piece of work further, so that a loop of questions ends.
ARGENT_API int cuStreamQuery(void* handle)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if (break_capture(stream)) return kCaptureUnsupported;
    if (stream->queue.empty()) return stream->device->error;
    if (!own.step(stream)) own.run_until(stream->queue.front().event, stream->queue.front().record);
    return stream->device->error ? stream->device->error : kNotReady;
}

ARGENT_API int cuEventCreate(void** handle, unsigned flags)
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    auto* event = new Event{device, (flags & 2) == 0};
    own.handles.insert(event);
    *handle = event;
    return kSuccess;
}

// Queued waits may still look at an event that its owner destroyed, so it is only forgotten.
ARGENT_API int cuEventDestroy_v2(void* handle)
{
    ARGENT_ENTER();
    return own.handles.erase(handle) ? kSuccess : kInvalidHandle;
}

ARGENT_API int cuEventRecord(void* handle, void* stream_handle)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(stream_handle);
    if (!stream || !own.is_live(handle)) return kInvalidHandle;
    auto* event = static_cast<Event*>(handle);
    if (stream->capture)
    {
        event->captured_on = stream;
        return stream->capture->broken ? kCaptureInvalidated : kSuccess;
    }
    event->captured_on = nullptr;
    event->stream = stream;
    const std::uint64_t record = ++event->asked;
    return own.enqueue(stream, {[=]() -> int {
        event->passed = record;
        event->time_ns = now_ns();
        return kSuccess;
    }});
}

ARGENT_API int cuStreamWaitEvent(void* stream_handle, void* handle, unsigned flags)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(stream_handle);
    if (!stream || !own.is_live(handle)) return kInvalidHandle;
    if (flags) return kInvalidValue;
    auto* event = static_cast<Event*>(handle);
    if (is_captured(event))
    {
        Capture* capture = event->captured_on->capture;
        if (stream->capture && stream->capture != capture) return kCaptureUnsupported;
        if (!stream->capture)
        {
            stream->capture = capture;
            capture->joined.insert(stream);
        }
        if (stream == capture->origin) capture->unjoined.erase(event->captured_on);
        return kSuccess;
    }
    if (event->asked == 0) return kSuccess;
    if (stream->capture) return kCaptureUnsupported;
    Work wait;
    wait.event = event;
    wait.record = event->asked;
    return own.enqueue(stream, std::move(wait));
}

ARGENT_API int cuEventSynchronize(void* handle)
{
    ARGENT_ENTER();
    if (!own.is_live(handle)) return kInvalidHandle;
    auto* event = static_cast<Event*>(handle);
    if (is_captured(event)) return kCaptureUnsupported;
    own.run_until(event, event->asked);
    return event->device->error;
}

ARGENT_API int cuEventQuery(void* handle)
{
    ARGENT_ENTER();
    if (!own.is_live(handle)) return kInvalidHandle;
    auto* event = static_cast<Event*>(handle);
    if (event->passed == event->asked) return event->device->error;
    Stream* stream = event->stream;
    if (!own.step(stream)) own.run_until(stream->queue.front().event, stream->queue.front().record);
    return event->device->error ? event->device->error : kNotReady;
}

ARGENT_API int cuEventElapsedTime(float* milliseconds, void* from, void* to)
{
    ARGENT_ENTER();
    if (!own.is_live(from) || !own.is_live(to)) return kInvalidHandle;
    auto* start = static_cast<Event*>(from);
    auto* end = static_cast<Event*>(to);
    if (!start->timed || !end->timed || !start->asked || !end->asked) return kInvalidHandle;
    if (start->passed != start->asked || end->passed != end->asked) return kNotReady;
    *milliseconds = static_cast<float>(end->time_ns - start->time_ns) / 1e6f;
    return kSuccess;
}

ARGENT_API int cuLaunchHostFunc(void* handle, void (*function)(void*), void* argument)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    return own.enqueue(stream, {[=]() -> int {
        function(argument);
        return kSuccess;
    }});
}
