using System.Text.Json;
using Argent.Model;

namespace Argent.Serving;

/// <summary>Reads ranking requests from JSON, as HTTP bodies and batch files hold them; as strict as retrieval requests.</summary>
public static class RankingRequestJson
{
    static readonly string[] _keys = ["user", "items", "filter", "value", "sort", "k", "embeddings", "deadlineMs"];

    /// <summary>Keys of retrieval requests that have no meaning here, and what to do instead.</summary>
    static readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal)
    {
        ["exclude"] = "leave the ids out of 'items'",
        ["only"] = "'items' are the only items",
        ["nprobe"] = "no lists are probed",
        ["rescore"] = "every item is scored exactly",
        ["explain"] = "ask ':explain' with a retrieval request",
    };

    /// <summary>Reads one request.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="historyTask">The task that a history given as a plain list belongs to.</param>
    /// <exception cref="RequestException">The text is not JSON, or a key or value is wrong; the message names it.</exception>
    public static RankingRequest Read(ReadOnlyMemory<byte> json, string historyTask)
    {
        using var document = RetrievalRequestJson.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var (key, instead) in _refused)
            {
                if (!root.TryGetProperty(key, out _)) continue;
                throw RetrievalRequestJson.Bad($"'{key}' is no part of a ranking request: {instead}.");
            }
        }
        RetrievalRequestJson.CheckKeys(root, "the request", _keys);
        var request = new RankingRequest
        {
            User = Value("user") is { } user ? RetrievalRequestJson.ReadUser(user, historyTask) : new UserInput(),
            Items = Value("items") is { } items
                ? RetrievalRequestJson.Texts(items, "items")
                : throw RetrievalRequestJson.Bad("'items' is missing: the ids of the items to rank."),
            Filter = Value("filter") is { } filter ? RetrievalRequestJson.TextOrObject(filter, "filter") : null,
            Value = Value("value") is { } value ? RetrievalRequestJson.TextOrObject(value, "value") : null,
            K = Value("k") is { } k ? RetrievalRequestJson.Integer(k, "k") : null,
            Embeddings = Value("embeddings") is { } embeddings ? Embeddings(embeddings) : RankingEmbeddings.Cached,
            DeadlineMs = Value("deadlineMs") is { } deadline ? RetrievalRequestJson.Number(deadline, "deadlineMs") : null,
        };
        if (Value("sort") is not { } sort) return request;
        bool isSorted = RetrievalRequestJson.Flag(sort, "sort");
        if (!isSorted && request.K is not null) throw RetrievalRequestJson.Bad("'k' gives the best first, and 'sort' is false.");
        return request with { Sort = isSorted };

        JsonElement? Value(string key) => RetrievalRequestJson.Value(root, key);
    }

    static RankingEmbeddings Embeddings(JsonElement value) =>
        RetrievalRequestJson.Text(value, "embeddings", "'cached' or 'computed'") switch
        {
            "cached" => RankingEmbeddings.Cached,
            "computed" => RankingEmbeddings.Computed,
            var other => throw RetrievalRequestJson.Bad($"'embeddings' is '{other}'; it must be 'cached' or 'computed'."),
        };
}
