-- Who merged two customers, and who undid it; NULL before it was noted. The audit log knows it of earlier merges.

ALTER TABLE merge_log ADD COLUMN actor TEXT;
ALTER TABLE merge_log ADD COLUMN undone_by TEXT;
UPDATE merge_log SET
    actor = (SELECT a.actor FROM audit a WHERE a.action = 'merge' AND a.at = merge_log.at
        AND a.detail LIKE 'merge ' || merge_log.merge_id || ':%'),
    undone_by = (SELECT a.actor FROM audit a WHERE a.action = 'merge_undone' AND a.at = merge_log.undone_at
        AND a.detail LIKE 'merge ' || merge_log.merge_id || ':%');
