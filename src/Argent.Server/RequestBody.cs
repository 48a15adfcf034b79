using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary>The body of a request, whole: the server's limit has cut longer ones off.</summary>
static class RequestBody
{
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
