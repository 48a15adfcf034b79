using System.Net;
using Argent.Serving;
using Argent.Tensors;

namespace Argent.Server;

/// <summary>Where the server listens and what it accepts.</summary>
public sealed record ServerOptions
{
    /// <summary>Address to listen on; loopback unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 for any free one.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>Largest request body in bytes: 100,000 excluded ids of 100 digits and a filter fit easily.</summary>
    public long BodyBytesMax { get; init; } = 16 << 20;

    /// <summary>How tensors come into memory; a server reads them, which opens slower and searches faster.</summary>
    public FileMemory Memory { get; init; } = FileMemory.Resident;

    /// <summary>Queue and batch settings of every model.</summary>
    public PredictorOptions Predictor { get; init; } = new();
}
