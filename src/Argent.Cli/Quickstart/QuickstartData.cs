namespace Argent.Cli;

/// <summary>Where quickstart takes its data from: the option, else the environment, else a generated catalogue.</summary>
static class QuickstartData
{
    /// <summary>The environment variable that names a data set.</summary>
    public const string Variable = "ARGENT_DATA";
}
