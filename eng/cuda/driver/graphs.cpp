// Capture of streams into graphs, and graphs that are launched again and again.
#include "driver.h"

using namespace argent_driver;

ARGENT_API int cuStreamBeginCapture_v2(void* handle, int mode)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if (mode < 0 || mode > 2) return kInvalidValue;
    if (stream->capture) return kCaptureUnsupported;
    stream->capture = new Capture{stream};
    return kSuccess;
}

ARGENT_API int cuStreamIsCapturing(void* handle, int* status)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    *status = !stream->capture ? 0 : stream->capture->broken ? 2 : 1;
    return kSuccess;
}

ARGENT_API int cuStreamEndCapture(void* handle, void** graph)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    *graph = nullptr;
    if (!stream) return kInvalidHandle;
    if (!stream->capture) return kInvalidValue;
    std::unique_ptr<Capture> capture(stream->capture);
    if (capture->origin != stream)
    {
        capture->broken = true;
        (void)capture.release();
        return kCaptureUnmatched;
    }
    stream->capture = nullptr;
    for (auto* joined : capture->joined) joined->capture = nullptr;
    if (capture->broken) return kCaptureInvalidated;
    if (!capture->unjoined.empty()) return kCaptureUnjoined;
    Graph* made = capture->graph.release();
    own.handles.insert(made);
    *graph = made;
    return kSuccess;
}

ARGENT_API int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags)
{
    ARGENT_ENTER();
    if (!own.is_live(graph)) return kInvalidHandle;
    if (flags) return kInvalidValue;
    auto* made = new Graph(*static_cast<Graph*>(graph));
    own.handles.insert(made);
    *executable = made;
    return kSuccess;
}

ARGENT_API int cuGraphLaunch(void* executable, void* handle)
{
    ARGENT_ENTER();
    Stream* stream = find_stream(handle);
    if (!stream || !own.is_live(executable)) return kInvalidHandle;
    if (stream->capture) return kCaptureUnsupported;
    own.launches++;
    if (own.options.fail_launch && own.launches == own.options.fail_launch) return kLaunchOutOfResources;
    for (const auto& work : static_cast<Graph*>(executable)->work) stream->queue.push_back(work);
    return kSuccess;
}

static int destroy(void* graph)
{
    ARGENT_ENTER();
    if (!own.handles.erase(graph)) return kInvalidHandle;
    delete static_cast<Graph*>(graph);
    return kSuccess;
}

ARGENT_API int cuGraphDestroy(void* graph) { return destroy(graph); }
ARGENT_API int cuGraphExecDestroy(void* executable) { return destroy(executable); }

ARGENT_API int cuGraphGetNodes(void* graph, void** nodes, std::size_t* count)
{
    ARGENT_ENTER();
    if (!own.is_live(graph)) return kInvalidHandle;
    if (nodes) return kInvalidValue;
    *count = static_cast<Graph*>(graph)->work.size();
    return kSuccess;
}
