namespace Argent.Data;

/// <summary>One row that cannot be used; the reader counts it and goes on.</summary>
sealed class BadRowException(string message) : Exception(message);
