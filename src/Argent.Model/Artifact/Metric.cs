using System.Text.Json.Serialization;

namespace Argent.Model;

/// <summary>How a query and an item are compared; larger is nearer for all of them.</summary>
public enum Metric
{
    /// <summary>query · item + bias.</summary>
    [JsonStringEnumMemberName("ip")]
    InnerProduct,

    /// <summary>query · item with both of length 1.</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,

    /// <summary>query · item - |item|² / 2, which orders items by Euclidean distance.</summary>
    [JsonStringEnumMemberName("l2")]
    L2,
}
