namespace Argent.Serving;

/// <summary>Why a predictor gave no answer to a good request.</summary>
public enum ServingFailure
{
    /// <summary>The queue is full: try again later.</summary>
    Overloaded,

    /// <summary>The deadline passed before anything useful was found.</summary>
    Deadline,

    /// <summary>No model is in service: the predictor is starting or stopping.</summary>
    NotReady,
}

/// <summary>A request that was good and still has no answer.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">The sentence for the caller.</param>
public sealed class ServingException(ServingFailure failure, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public ServingFailure Failure { get; } = failure;
}
