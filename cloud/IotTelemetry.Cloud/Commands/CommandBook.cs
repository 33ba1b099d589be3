using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// The commands in memory: all that are under way, the last ones that ended, and which of them has its asset. Thread-safe.
/// </summary>
internal sealed class CommandBook
{
    private const int EndedKept = 4096;
    private readonly ConcurrentDictionary<Guid, TrackedCommand> _commands = new();
    private readonly ConcurrentDictionary<AssetId, TrackedCommand> _holders = new();
    private readonly ConcurrentDictionary<TrackedCommand, GatewayId> _waiting = new();
    private readonly ConcurrentQueue<TrackedCommand> _ended = new();

    /// <summary>All in memory, in no order.</summary>
    public IEnumerable<TrackedCommand> All => _commands.Values;

    public TrackedCommand? Find(Guid id) => _commands.GetValueOrDefault(id);

    /// <summary>The command that has the asset; null when it is free.</summary>
    public TrackedCommand? HolderOf(AssetId asset) => _holders.GetValueOrDefault(asset);

    public void Add(TrackedCommand command) => _commands[command.Request.Id] = command;

    /// <summary>The commands that wait for a gateway, in no order.</summary>
    public IEnumerable<TrackedCommand> WaitingFor(GatewayId gateway) => _waiting.Where(entry => entry.Value == gateway).Select(entry => entry.Key);

    /// <summary>Looks whether the command waits for its gateway now.</summary>
    public void Note(TrackedCommand command)
    {
        if (command.Stage == CommandStage.Waiting)
        {
            _waiting[command] = command.Request.Gateway;
        }
        else
        {
            _waiting.TryRemove(command, out _);
        }
    }

    /// <summary>Brings an ended command back into memory for a while.</summary>
    /// <returns>The one in memory: this one, or one that somebody else brought in before.</returns>
    public TrackedCommand Recall(TrackedCommand ended)
    {
        TrackedCommand known = _commands.GetOrAdd(ended.Request.Id, ended);
        if (known == ended)
        {
            End(ended);
        }

        return known;
    }

    /// <summary>Takes the command's asset for it, unless another one has it.</summary>
    public bool TryHold(TrackedCommand command, [NotNullWhen(false)] out TrackedCommand? holder)
    {
        TrackedCommand has = _holders.GetOrAdd(command.Request.Asset, command);
        holder = has == command ? null : has;
        return has == command;
    }

    /// <summary>The command has ended: its asset is free, and it stays in memory for a while, for those who watch it.</summary>
    public void End(TrackedCommand command)
    {
        _holders.TryRemove(KeyValuePair.Create(command.Request.Asset, command));
        _ended.Enqueue(command);
        while (_ended.Count > EndedKept && _ended.TryDequeue(out TrackedCommand? oldest))
        {
            // One that ended and was taken up again by a late answer leaves when it ends again.
            if (oldest.Stage.IsFinal())
            {
                _commands.TryRemove(KeyValuePair.Create(oldest.Request.Id, oldest));
            }
        }
    }
}
