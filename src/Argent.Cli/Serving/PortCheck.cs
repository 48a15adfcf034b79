using System.Net;
using System.Net.Sockets;

namespace Argent.Cli;

/// <summary>Whether an address can be listened on.</summary>
static class PortCheck
{
    /// <summary>True when nobody listens there; port 0 is always free.</summary>
    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Refuses a port that is in use.</summary>
    /// <exception cref="IOException">Another program listens there.</exception>
    public static void AssertFree(IPAddress address, int port)
    {
        if (!IsFree(address, port)) throw InUse(new IPEndPoint(address, port));
    }

    /// <summary>The error of a port that is in use.</summary>
    public static IOException InUse(IPEndPoint place, Exception? cause = null) =>
        new($"{place} is in use by another program. Stop that one, or choose another port with --port.", cause);
}
