namespace Argent.Cli;

/// <summary>Options that do not go together, found after they were parsed one by one.</summary>
sealed class UsageException(string message) : Exception(message);
