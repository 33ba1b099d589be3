using System.Collections.Frozen;
using System.CommandLine;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The options by which <c>serve</c> is told how commands are carried out.</summary>
internal sealed class CommandArguments
{
    private readonly Option<string[]> _supervisors = new("--supervisor") { Description = "Who may lift anybody's lockout; may be repeated", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _selectFirst = new("--select-first")
    {
        Description = "Kind of assets that are selected before they are operated; may be repeated (default breaker)",
        DefaultValueFactory = _ => [.. new CommandOptions().SelectFirstKinds],
    };

    private readonly Option<double> _bulkPerSecond = new("--bulk-per-second") { Description = "Commands of bulks begun in a second, over all bulks and workers", DefaultValueFactory = _ => new CommandOptions().BulkPerSecond };

    /// <summary>Makes the options part of a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_supervisors);
        command.Options.Add(_selectFirst);
        command.Options.Add(_bulkPerSecond);
    }

    /// <summary>The values given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="users">The users, of whom some are supervisors by their role.</param>
    public CommandOptions Read(ParseResult parsed, IReadOnlyList<DoorUser> users) => new()
    {
        Supervisors = parsed.GetRequiredValue(_supervisors).Concat(users.Where(user => user.Role == DoorRole.Supervisor).Select(user => user.Name)).ToFrozenSet(StringComparer.Ordinal),
        SelectFirstKinds = parsed.GetRequiredValue(_selectFirst).ToFrozenSet(StringComparer.Ordinal),
        BulkPerSecond = parsed.GetRequiredValue(_bulkPerSecond),
    };
}
