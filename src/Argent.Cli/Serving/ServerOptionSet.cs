using System.CommandLine;

namespace Argent.Cli;

/// <summary>Options of everything that listens.</summary>
static class ServerOptionSet
{
    /// <summary>--port.</summary>
    public static Option<int> CreatePort()
    {
        var port = new Option<int>("--port")
        {
            Description = "Port to listen on; 0 is any free one.",
            HelpName = "n",
            DefaultValueFactory = _ => 8000,
        };
        port.Validators.Add(result =>
        {
            bool isNumber = result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value is < 0 or > 65_535;
            if (isNumber) result.AddError($"--port is {result.Tokens[0].Value}; it must be 0 to 65535.");
        });
        return port;
    }
}
